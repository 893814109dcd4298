import { tenantOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import type { AuditTrail } from './ports.ts'
import * as wire from './wire.ts'

/** Who did what. */
export function auditRoutes({ audit }: { audit: Pick<AuditTrail, 'list'> }): Routes {
  return async (app) => {
    app.get(
      '/v1/audit',
      {
        config: { access: 'audit:read' },
        schema: {
          tags: ['audit'],
          summary: 'What people did, the newest first',
          querystring: wire.auditQuery,
          response: { 200: wire.actList },
        },
      },
      async (request) => {
        const { holder, outcome, from, to, limit, cursor } = request.query
        const found = await audit.list({
          ...{ tenant: tenantOf(request), holder, outcome },
          from: from === undefined ? undefined : new Date(from),
          to: to === undefined ? undefined : new Date(to),
          before: cursor === undefined ? undefined : BigInt(cursor),
          limit: limit + 1,
        })
        const items = found.slice(0, limit).map(wire.actOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
  }
}
