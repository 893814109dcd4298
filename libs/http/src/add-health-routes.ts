import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type HealthProbes, healthAnswer, METRICS_TYPE, readyAnswer } from './health.ts'

const alive = z.strictObject({ status: z.string() })

const readiness = z.strictObject({
  ready: z.boolean(),
  /** Each check by its name, and what it said. */
  checks: z.record(z.string(), z.string()),
})

/** Adds `/health`, `/ready` and `/metrics`. */
export function addHealthRoutes(server: FastifyInstance, probes: HealthProbes): void {
  const app = server.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/health',
    {
      config: { access: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Whether the process is alive',
        response: { 200: alive, 503: alive },
      },
    },
    async (_request, reply) => {
      const { status, body } = healthAnswer(probes)
      return reply.status(status as 200 | 503).send(body)
    },
  )
  app.get(
    '/ready',
    {
      config: { access: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Whether the process can do its work now',
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const { status, body } = await readyAnswer(probes)
      return reply.status(status as 200 | 503).send(body)
    },
  )
  app.get(
    '/metrics',
    {
      config: { access: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Metrics in the text format of Prometheus',
        response: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) => reply.type(METRICS_TYPE).send(await probes.metrics()),
  )
}
