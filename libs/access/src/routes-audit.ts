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
        const { holder, limit, cursor } = request.query
        const before = cursor === undefined ? undefined : BigInt(cursor)
        const filter = { tenant: tenantOf(request), holder, before, limit: limit + 1 }
        const found = await audit.list(filter)
        const items = found.slice(0, limit).map(wire.actOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
  }
}
