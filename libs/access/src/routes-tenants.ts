import { AppError } from '@coffer/errors/app-error'
import type { Routes } from '@coffer/http/server'
import type { KeyBook } from './ports.ts'
import * as wire from './wire.ts'

const tags = ['tenants']

/** Tenants: whose users and merchants there are. */
export function tenantRoutes({ book }: { book: KeyBook }): Routes {
  return async (app) => {
    app.post(
      '/v1/tenants',
      {
        config: { access: 'tenants:write' },
        schema: {
          tags,
          summary: 'Make a tenant, whose users and merchants nobody else sees',
          body: wire.newTenant,
          response: { 201: wire.tenant },
        },
      },
      async ({ body: { name } }, reply) => {
        const made = await book.createTenant(name)
        if (made === 'taken') throw new TenantNameError(name)
        return reply.status(201).send(wire.tenantOnWire(made))
      },
    )
    app.get(
      '/v1/tenants',
      {
        config: { access: 'tenants:read' },
        schema: {
          tags,
          summary: 'Tenants, the newest first',
          querystring: wire.tenantQuery,
          response: { 200: wire.tenantList },
        },
      },
      async ({ query: { limit, cursor: before } }) => {
        const found = await book.tenants({ before, limit: limit + 1 })
        const items = found.slice(0, limit).map(wire.tenantOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
  }
}

/** Another tenant is called so. */
export class TenantNameError extends AppError {
  readonly code = 'TENANT_NAME'

  constructor(name: string) {
    super(`There is a tenant ${JSON.stringify(name)} already. Choose another name.`, {
      retry: 'never',
      details: { name },
    })
  }
}
