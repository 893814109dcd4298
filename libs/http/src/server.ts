import { randomUUID } from 'node:crypto'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import {
  type FastifyPluginAsyncZod,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import { addHealthRoutes } from './add-health-routes.ts'
import { addOpenapi, declareDocs } from './add-openapi.ts'
import { addProblems, sendProblem } from './add-problems.ts'
import { addRequestMetrics } from './add-request-metrics.ts'
import { allowOrigins } from './allow-origins.ts'
import { answerUnread } from './answer-unread.ts'
import type { HealthProbes } from './health.ts'
import { refuseInFlight } from './idempotency.ts'
import { isDeeperThan, JSON_DEPTH_MAX } from './json-depth.ts'
import { type Guard, isPublic } from './key-guard.ts'
import { type ProblemOptions, problemOf } from './problem.ts'
import { holdsStorable } from './storable-text.ts'

/** The HTTP routes of one context. */
export type Routes = FastifyPluginAsyncZod

export type HttpServer = FastifyInstance

export type HttpServerOptions = ProblemOptions & {
  logger: Logger
  /** Where requests are measured. */
  metrics: Metrics
  /** Of the API, as its documentation shows them. */
  title: string
  version: string
  /** Who may call which route. */
  guard: Guard
  health: HealthProbes
  /** Whose pages may call this in a browser. Default: nobody's but its own. */
  origins?: readonly string[] | undefined
  /** Proxies that are believed whom they speak for, by address or network. Default: none. */
  proxies?: readonly string[] | undefined
  routes: readonly Routes[]
}

/** Largest body of a route that reads all of it into memory, bytes. */
const BODY_MAX_BYTES = 1024 * 1024

/** A deposit's id may hold the place of a call hundreds of calls deep; Fastify allows 100. */
const PARAMETER_MAX_LENGTH = 2_700

/**
 * An HTTP server with `routes`, ready to listen: JSON checked by zod schemas on its way in and out,
 * callers checked, every error a problem of RFC 9457, its OpenAPI document at `/openapi.json` and
 * readable at `/docs`, and the routes of {@link HealthProbes}.
 */
export async function httpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { logger, title, version, guard, health, routes } = options
  const server: HttpServer = fastify({
    bodyLimit: BODY_MAX_BYTES,
    routerOptions: { maxParamLength: PARAMETER_MAX_LENGTH },
    forceCloseConnections: 'idle',
    trustProxy: options.proxies?.length ? [...options.proxies] : false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    clientErrorHandler: answerUnread,
    frameworkErrors: (error: FastifyError, _request: unknown, reply: unknown) => {
      sendProblem(reply as FastifyReply, problemOf(error, options))
    },
  })
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  readEmptyJsonAsNothing(server)

  // What waits for nothing is no promise: each costs every request.
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
    reply.header('cache-control', 'no-store')
    // No text that is stored here can hold one, so that nothing is called or found by it.
    done(request.url.includes('%00') ? new UrlNulError() : undefined)
  })
  server.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    const { id, method, routeOptions } = request
    const fields = { requestId: id, method, route: routeOptions.url, status: statusCode }
    // Probes come every few seconds for ever, and say nothing while all is well.
    const level = isPublic(request) && statusCode < 400 ? 'debug' : 'info'
    logger[level]({ ...fields, durationMs: Math.round(elapsedTime) }, 'answered a request')
    done()
  })
  allowOrigins(server, options.origins ?? [])
  addRequestMetrics(server, options.metrics)
  addProblems(server, { ...options, logger })
  server.decorateRequest('caller', null)
  declareDocs(server)
  guard(server)
  refuseInFlight(server)
  await addOpenapi(server, { title, version })
  addHealthRoutes(server, health)
  for (const plugin of routes) await server.register(plugin)
  return server
}

/** A caller's own id is kept when it is safe to log and to send back. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Many clients announce JSON with every POST; without a body, the route's schema decides. */
function readEmptyJsonAsNothing(server: HttpServer): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeContentTypeParser(['application/json', 'text/plain'])
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    if (isDeeperThan(body as string, JSON_DEPTH_MAX)) return done(new BodyDepthError())
    void parse(request, body as string, (error, value) => {
      if (error) return done(error)
      if (holdsStorable(body as string, value)) return done(null, value)
      done(new BodyTextError())
    })
  })
}

/** Its problem is that of what the framework refuses, as of the next: no route has seen it. */
class UrlNulError extends Error {
  readonly code = 'REQUEST_INVALID'
}

class BodyDepthError extends Error {
  readonly code = 'BODY_TOO_DEEP'
}

class BodyTextError extends Error {
  readonly code = 'BODY_TEXT'
}
