import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { EndpointHealth, EndpointView } from './endpoint-ports.ts'

const endpoint = z.strictObject({
  chain: z.string(),
  endpoint: z.string().describe('Its host, without credentials or path'),
  state: z
    .enum(['asked', 'resting', 'foreign'])
    .describe('resting is left alone after failures; foreign serves another chain'),
  head: z.int().nullable().describe('null before it told of one'),
  lagBlocks: z.int().describe('Behind the head that the others tell of'),
  latencyMs: z.int().describe('Smoothed time to answer'),
  failures: z.int().describe('In a row'),
  toldAt: z.iso.datetime().describe('When a scanner told of it last'),
})

/** How the endpoints do that scanners read chains from. */
export function endpointRoutes({ health }: { health: Pick<EndpointHealth, 'list'> }): Routes {
  return async (app) => {
    app.get(
      '/v1/admin/endpoints',
      {
        config: { access: 'scans:read' },
        schema: {
          tags: ['chains'],
          summary: 'How the endpoints do that scanners read chains from',
          response: { 200: z.strictObject({ items: z.array(endpoint) }) },
        },
      },
      async () => ({ items: (await health.list()).map(onWire) }),
    )
  }
}

const onWire = ({ head, lagBlocks, toldAt, ...rest }: EndpointView): z.output<typeof endpoint> => ({
  ...rest,
  head: head === null ? null : Number(head),
  lagBlocks: Number(lagBlocks),
  toldAt: toldAt.toISOString(),
})
