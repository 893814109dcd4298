import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import { depositCursor, parseDepositCursor } from './domain/deposit-cursor.ts'
import type { GapReader } from './gap-ports.ts'
import type { rescanGap } from './usecases/rescan-gap.ts'
import * as wire from './wire.ts'
import * as gapWire from './wire-gap.ts'

export type GapRoutesOptions = { gaps: GapReader; rescanGap: ReturnType<typeof rescanGap> }

/** What is still owed of scanned blocks, and how an operator has it made good. */
export function gapRoutes({ gaps, rescanGap }: GapRoutesOptions): Routes {
  const tags = ['chains']
  return async (app) => {
    app.get(
      '/v1/admin/gaps',
      {
        config: { access: 'scans:read' },
        schema: {
          tags,
          summary: 'What is still owed of scanned blocks, newest first',
          querystring: gapWire.gapQuery,
          response: { 200: gapWire.gapList },
        },
      },
      async ({ query: { chain, open, cursor, limit } }) => {
        const before = cursor === undefined ? undefined : parseDepositCursor(cursor)
        const found = await gaps.list({ chain, isOpen: open }, { before, limit: limit + 1 })
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return {
          items: page.map(gapWire.gapOnWire),
          nextCursor: last && found.length > limit ? depositCursor(last.id) : null,
        }
      },
    )
    app.post(
      '/v1/admin/gaps/:id/rescan',
      {
        config: { access: 'scans:write' },
        schema: {
          tags,
          summary: 'Read the blocks of a gap again, which closes it',
          params: z.strictObject({ id: gapWire.gapId }),
          response: { 202: wire.rescan },
        },
      },
      async ({ params: { id } }, reply) => {
        const requested = await rescanGap(id)
        if (requested === undefined) throw new gapWire.GapUnknownError(id)
        return reply.status(202).send(wire.rescanOnWire(requested))
      },
    )
  }
}
