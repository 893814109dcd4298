import { describeError } from '@coffer/errors/app-error'
import type { Logger } from '@coffer/telemetry/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  asProblem,
  type NewProblem,
  PROBLEM_TYPE,
  type ProblemOptions,
  problemOf,
} from './problem.ts'

/** Makes every error that `server` answers a problem of RFC 9457, and logs those of its own. */
export function addProblems(
  server: FastifyInstance,
  options: ProblemOptions & { logger: Logger },
): void {
  const methods = methodsByPath(server)
  server.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, options)
    if (problem.status >= 500) {
      const { stack } = error instanceof Error ? error : {}
      const fields = { requestId: request.id, route: request.routeOptions.url, stack }
      options.logger.error({ ...fields, cause: describeError(error) }, 'failed to answer')
    }
    if (problem.status === 503) reply.header('retry-after', '5')
    return sendProblem(reply, problem)
  })
  const answerNotFound = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0] ?? ''
    const allowed = methods(path)
    if (allowed.length === 0) return sendProblem(reply, notFound(path))
    reply.header('allow', allowed.join(', '))
    return sendProblem(reply, methodNotAllowed(request.method, path, allowed))
  }
  server.setNotFoundHandler(answerNotFound)
  // Before the body is read: what is wrong with a body that nobody takes is of no interest.
  server.addHook('preParsing', (request, reply, payload, next) => {
    if (request.is404) answerNotFound(request, reply)
    else next(null, payload)
  })
}

/** Answers with `problem`. */
export function sendProblem(reply: FastifyReply, problem: NewProblem): FastifyReply {
  const body = JSON.stringify(asProblem(problem, reply.request.id))
  // As bytes: to a string Fastify would add a charset, which JSON's media types don't have.
  return reply.status(problem.status).type(PROBLEM_TYPE).send(Buffer.from(body))
}

/** Remembers the routes that are added from now on, to tell which methods a path knows. */
function methodsByPath(server: FastifyInstance): (path: string) => string[] {
  const routes: { path: RegExp; methods: string[] }[] = []
  server.addHook('onRoute', ({ url, method }) => {
    const pattern = url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replace(/:\w+/g, '[^/]+')
    routes.push({ path: new RegExp(`^${pattern}$`), methods: [method].flat() })
  })
  return (path) => {
    const matching = routes.filter((route) => route.path.test(path))
    return [...new Set(matching.flatMap(({ methods }) => methods))].sort()
  }
}

const notFound = (path: string): NewProblem => ({
  code: 'NOT_FOUND',
  status: 404,
  title: 'There is nothing at this path',
  detail:
    `No route has the path ${JSON.stringify(path.slice(0, 200))}. ` +
    'GET /openapi.json lists all.',
})

const methodNotAllowed = (method: string, path: string, allowed: string[]): NewProblem => ({
  code: 'METHOD_NOT_ALLOWED',
  status: 405,
  title: 'This path does not know the method',
  detail:
    `${method} is not for ${JSON.stringify(path.slice(0, 200))}, ` +
    `which knows ${allowed.join(', ')}.`,
})
