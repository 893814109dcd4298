import { hexColumn, transactionIdColumn } from '@coffer/postgres/columns'
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { OwnerKind } from './domain/owner-kind.ts'

export const walletsSchema = pgSchema('wallets')

/** In SQL: what stands for the tenant in an index, in which no two nulls are the same. */
export const tenantKey = (tenant: SQLWrapper | string | null): SQL =>
  sql`coalesce(${tenant}, '00000000-0000-0000-0000-000000000000'::uuid)`

/** Whom addresses and balances belong to. */
export const owners = walletsSchema.table(
  'owners',
  {
    id: uuid().default(sql`uuidv7()`).primaryKey(),
    /** A payment owns the address that it is paid to, and what came in until it is applied. */
    kind: text().$type<OwnerKind>().default('user').notNull(),
    /** Who alone sees it; null is the platform. It never changes. */
    tenant: uuid(),
    /** The caller's own name for this owner. */
    externalId: text(),
    createdAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  (table) => [
    // A name is one tenant's: another may call somebody else so. Most owners are payments, which
    // have none.
    uniqueIndex('owners_external_id_of_tenant')
      .on(tenantKey(table.tenant), table.externalId)
      .where(sql`external_id is not null`),
    // A tenant's users in the order of their ids; payments are not in it.
    index('users_of_tenant').on(table.tenant, table.id).where(sql`kind = 'user'`),
    check('owners_kind', sql`${table.kind} in ('user', 'merchant', 'payment')`),
    // Merchants name their payments elsewhere; here a name is a user's.
    check('owners_external_id_of_user', sql`${table.kind} = 'user' or ${table.externalId} is null`),
  ],
)

/** Addresses whose deposits are credited to their owner. */
export const addresses = walletsSchema.table(
  'addresses',
  {
    chain: text().notNull(),
    address: hexColumn().notNull(),
    /** One that there is: see `refuse_unknown_owners` in migrations/. */
    owner: uuid().notNull(),
    /** Place in the HD wallet, `null` for an address that was imported. */
    derivationIndex: bigint({ mode: 'number' }),
    /** The contract that sends on what the address holds, where it was computed by one. */
    forwarders: hexColumn(),
    /** Deposits in earlier blocks are found by a rescan only. */
    watchedFrom: bigint({ mode: 'bigint' }).notNull(),
    /** The inserting transaction, by which scanners pick up what is new without missing any. */
    transactionId: transactionIdColumn().default(sql`pg_current_xact_id()`).notNull(),
    createdAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.address] }),
    index('addresses_in_commit_order').on(table.chain, table.transactionId),
  ],
)

/** Hands out each place in the HD wallet once. */
export const derivationIndex = walletsSchema.sequence('derivation_index', {
  startWith: 0,
  minValue: 0,
  maxValue: 2 ** 31 - 1,
})
