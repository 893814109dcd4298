import type { FastifyInstance } from 'fastify'
import { sendProblem } from './add-problems.ts'
import { apiKeyCheck } from './api-key.ts'

const PUBLIC = [
  /^\/(health|ready|metrics|openapi\.json|docs(\/.*)?)$/,
  // Pages hold nothing that is secret: what they show they ask for themselves.
  /^\/(console(\/\*)?|pay\/:id)?$/,
  // Who knows the id of a payment was given it to pay.
  /^\/v1\/checkout\/(:id|\{id\})$/,
  // Callbacks are signed instead.
  /^\/v1\/channels\/\w+\/callbacks$/,
  // Everything on it is made up.
  /^\/v1\/notifications\/preview$/,
]

/** Whether anybody may call the route with this path. */
export const isPublicRoute = (route: string | undefined): boolean =>
  route !== undefined && PUBLIC.some((pattern) => pattern.test(route))

/**
 * Refuses every request without an accepted key, except for public routes. A path that leads
 * nowhere is refused too: who has no key learns nothing of which routes there are.
 */
export function addApiKey(server: FastifyInstance, keys: readonly string[]): void {
  const isAccepted = apiKeyCheck(keys)
  server.addHook('onRequest', async (request, reply) => {
    // The route's own pattern decides, since a path can be spelled in many ways.
    if (isPublicRoute(request.routeOptions.url)) return
    if (isAccepted(request.headers.authorization)) return
    reply.header('www-authenticate', 'Bearer realm="coffer"')
    return sendProblem(reply, {
      code: 'API_KEY',
      status: 401,
      title: 'An accepted API key is missing',
      detail: 'Send the header "Authorization: Bearer KEY" with a key that this server accepts.',
    })
  })
}
