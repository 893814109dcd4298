import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './add-problems.ts'
import { apiKeyCheck } from './api-key.ts'
import { SOLE_CALLER } from './caller.ts'
import type { NewProblem } from './problem.ts'

/** Decides who may call which route, by hooks that it adds before any route is added. */
export type Guard = (server: FastifyInstance) => void

/** Whether anybody may call the route of a request. */
export const isPublic = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean =>
  routeOptions.config?.access === 'public'

const KEY_MISSING: NewProblem = {
  code: 'API_KEY',
  status: 401,
  title: 'An accepted API key is missing',
  detail: 'Send the header "Authorization: Bearer KEY" with a key that this server accepts.',
}

/** Answers that a request came without an accepted key. */
export function sendKeyMissing(reply: FastifyReply): FastifyReply {
  reply.header('www-authenticate', 'Bearer realm="coffer"')
  return sendProblem(reply, KEY_MISSING)
}

/**
 * Lets whoever has one of `keys` call every route, and everybody the public ones. A path that leads
 * nowhere is refused too: who has no key learns nothing of which routes there are.
 */
export function keyGuard(keys: readonly string[]): Guard {
  const isAccepted = apiKeyCheck(keys)
  return (server) => {
    server.addHook('onRequest', async (request, reply) => {
      if (isPublic(request)) return
      if (!isAccepted(request.headers.authorization)) return sendKeyMissing(reply)
      request.caller = SOLE_CALLER
    })
  }
}
