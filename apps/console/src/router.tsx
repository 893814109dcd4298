import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

/** Each page is fetched when it is first gone to. */
const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/chains' })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/chains',
    component: lazyRouteComponent(() => import('./pages/chains-page.tsx'), 'ChainsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/deposits',
    component: lazyRouteComponent(() => import('./pages/deposits-page.tsx'), 'DepositsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/deposits/$id',
    component: lazyRouteComponent(() => import('./pages/deposit-page.tsx'), 'DepositPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/owners',
    component: lazyRouteComponent(() => import('./pages/owners-page.tsx'), 'OwnersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/owners/$id',
    component: lazyRouteComponent(() => import('./pages/owner-page.tsx'), 'OwnerPage'),
  }),
]

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
})
