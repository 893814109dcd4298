import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { NotFound } from './not-found.tsx'
import { Failure } from './parts/states.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

/** Each page is fetched when it is first gone to. */
const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/overview' })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/overview',
    component: lazyRouteComponent(() => import('./pages/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/keys',
    component: lazyRouteComponent(() => import('./pages/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/audit',
    component: lazyRouteComponent(() => import('./pages/audit-page.tsx'), 'AuditPage'),
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
  createRoute({
    getParentRoute: () => root,
    path: '/ledger',
    component: lazyRouteComponent(() => import('./pages/ledger-page.tsx'), 'LedgerPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/ledger/account',
    component: lazyRouteComponent(() => import('./pages/account-page.tsx'), 'AccountPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/ledger/transactions/$id',
    component: lazyRouteComponent(() => import('./pages/transaction-page.tsx'), 'TransactionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/withdrawals',
    component: lazyRouteComponent(() => import('./pages/withdrawals-page.tsx'), 'WithdrawalsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/withdrawals/$id',
    component: lazyRouteComponent(() => import('./pages/withdrawal-page.tsx'), 'WithdrawalPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/merchants',
    component: lazyRouteComponent(() => import('./pages/merchants-page.tsx'), 'MerchantsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/merchants/$id',
    component: lazyRouteComponent(() => import('./pages/merchant-page.tsx'), 'MerchantPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/payments',
    component: lazyRouteComponent(() => import('./pages/payments-page.tsx'), 'PaymentsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/payments/$id',
    component: lazyRouteComponent(() => import('./pages/payment-page.tsx'), 'PaymentPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/orders',
    component: lazyRouteComponent(() => import('./pages/orders-page.tsx'), 'OrdersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/orders/$id',
    component: lazyRouteComponent(() => import('./pages/order-page.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settlements',
    component: lazyRouteComponent(() => import('./pages/settlements-page.tsx'), 'SettlementsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('./pages/webhooks-page.tsx'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/analytics',
    component: lazyRouteComponent(() => import('./pages/analytics-page.tsx'), 'AnalyticsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reconciliation',
    component: lazyRouteComponent(
      () => import('./pages/reconciliation-page.tsx'),
      'ReconciliationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reconciliation/$id',
    component: lazyRouteComponent(() => import('./pages/difference-page.tsx'), 'DifferencePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/dead-letters',
    component: lazyRouteComponent(() => import('./pages/dead-letters-page.tsx'), 'DeadLettersPage'),
  }),
]

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  defaultPreload: 'intent',
  // What is wrong with one page takes no other away.
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
  scrollRestoration: true,
})
