import { tenantOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { OwnerReader, Owners } from './ports.ts'
import { UserUnknownError } from './usecases/assign-address.ts'

export type OwnerReadingRoutesOptions = { owners: Pick<Owners, 'find'>; reader: OwnerReader }

/** Most addresses that are answered of one user. */
const ADDRESSES_MAX = 1_000

const query = z.strictObject({
  search: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The beginning of an external id, or a whole id or address'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid().optional().describe('nextCursor of the answer before'),
})

const user = z.strictObject({
  id: z.uuid(),
  externalId: z.string().nullable(),
  createdAt: z.iso.datetime(),
})

const address = z.strictObject({
  chain: z.string(),
  address: z.string(),
  watchedFrom: z.int().describe('First block whose deposits to the address are seen'),
  derived: z.boolean().describe('false: it was imported, and its key is elsewhere'),
  createdAt: z.iso.datetime(),
})

/** Users and their addresses, as lists. */
export function ownerReadingRoutes({ owners, reader }: OwnerReadingRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/v1/users',
      {
        config: { access: 'users:read' },
        schema: {
          tags: ['users'],
          summary: 'Users, newest first',
          querystring: query,
          response: {
            200: z.strictObject({ items: z.array(user), nextCursor: z.string().nullable() }),
          },
        },
      },
      async (request) => {
        const { search, cursor: before, limit } = request.query
        const tenant = tenantOf(request)
        const found = await reader.list({ search, tenant }, { before, limit: limit + 1 })
        const items = found
          .slice(0, limit)
          .map((each) => ({ ...each, createdAt: each.createdAt.toISOString() }))
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
    app.get(
      '/v1/users/:id/addresses',
      {
        config: { access: 'users:read', names: { id: 'user' } },
        schema: {
          tags: ['addresses'],
          summary: `A user's addresses, the first one first, ${ADDRESSES_MAX} at most`,
          params: z.strictObject({ id: z.uuid() }),
          response: { 200: z.strictObject({ items: z.array(address) }) },
        },
      },
      async ({ params: { id } }) => {
        if ((await owners.find(id)) === undefined) throw new UserUnknownError(id)
        const found = await reader.addressesOf(id, ADDRESSES_MAX)
        const items = found.map(({ isDerived: derived, watchedFrom, createdAt, ...rest }) => ({
          ...rest,
          derived,
          watchedFrom: Number(watchedFrom),
          createdAt: createdAt.toISOString(),
        }))
        return { items }
      },
    )
  }
}
