import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, desc, eq, like, lt, or, sql } from 'drizzle-orm'
import type { OwnerReader } from '../ports.ts'
import { addresses, owners } from '../schema.ts'

/** {@link OwnerReader} in PostgreSQL. */
export function postgresOwnerReader(postgres: Postgres): OwnerReader {
  return {
    list: ({ search, tenant }, { before, limit }) =>
      postgres
        .select({ id: owners.id, externalId: owners.externalId, createdAt: owners.createdAt })
        .from(owners)
        .where(
          and(
            eq(owners.kind, 'user'),
            tenant === undefined ? undefined : eq(owners.tenant, tenant),
            before === undefined ? undefined : lt(owners.id, before),
            search === undefined ? undefined : named(postgres, search),
          ),
        )
        // Ids grow with time, and the primary key is in their order.
        .orderBy(desc(owners.id))
        .limit(limit),
    async addressesOf(owner, limit) {
      const rows = await postgres
        .select()
        .from(addresses)
        .where(eq(addresses.owner, owner))
        .orderBy(asc(addresses.createdAt), asc(addresses.address))
        .limit(limit)
      return rows.map(({ chain, address, derivationIndex, watchedFrom, createdAt }) => ({
        ...{ chain: chain as ChainId, address, watchedFrom, createdAt },
        isDerived: derivationIndex !== null,
      }))
    },
  }
}

/** By the beginning of an external id, by an id, or by an address. */
function named(postgres: Postgres, search: string) {
  const beginning = `${search.replace(/[\\%_]/g, '\\$&')}%`
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(search)
  const isAddress = /^0x[0-9a-f]{40}$/i.test(search)
  const ofAddress = postgres
    .select({ owner: addresses.owner })
    .from(addresses)
    .where(eq(addresses.address, search.toLowerCase() as `0x${string}`))
  return or(
    like(owners.externalId, beginning),
    isId ? eq(owners.id, search) : undefined,
    isAddress ? sql`${owners.id} in ${ofAddress}` : undefined,
  )
}
