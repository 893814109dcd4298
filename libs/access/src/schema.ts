import { hexColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Role } from './domain/roles.ts'

export const accessSchema = pgSchema('access')

const moment = () => timestamp({ withTimezone: true })

/** Who has users and merchants here, and sees nobody else's. */
export const tenants = accessSchema.table('tenants', {
  id: uuid().default(sql`uuidv7()`).primaryKey(),
  name: text().unique().notNull(),
  createdAt: moment().defaultNow().notNull(),
})

/** Who may call, and what. Of secrets there are only hashes. */
export const keys = accessSchema.table(
  'keys',
  {
    id: text().primaryKey(),
    /** Null is the platform's. */
    tenant: uuid().references(() => tenants.id),
    /** A person's e-mail address, or the name of a service. */
    holder: text().notNull(),
    role: text().$type<Role>().notNull(),
    /** Whether it is good for signed requests alone. */
    requiresSignature: boolean().default(false).notNull(),
    hash: hexColumn().notNull(),
    /** The secret before the last rotation, which is good until then. */
    previousHash: hexColumn(),
    previousUntil: moment(),
    expiresAt: moment(),
    createdAt: moment().defaultNow().notNull(),
    /** Who made it. */
    createdBy: text().notNull(),
    rotatedAt: moment(),
    revokedAt: moment(),
    /** To the minute. */
    lastUsedAt: moment(),
  },
  (table) => [
    check(
      'keys_role_of_tenant',
      sql`${table.role} in ('admin', 'operator', 'auditor') and ${table.tenant} is null
        or ${table.role} in ('owner', 'developer', 'viewer') and ${table.tenant} is not null`,
    ),
    check('keys_previous', sql`(${table.previousHash} is null) = (${table.previousUntil} is null)`),
    index('keys_by_tenant').on(table.tenant),
  ],
)

/** Counts the changes of keys, by which every process learns of them. It has one row. */
export const revisions = accessSchema.table(
  'revisions',
  {
    only: boolean().default(true).primaryKey(),
    revision: bigint({ mode: 'bigint' }).notNull(),
  },
  (table) => [check('revisions_one_row', sql`${table.only}`)],
)

/** Who is signed in at the console, by which key. */
export const sessions = accessSchema.table(
  'sessions',
  {
    hash: hexColumn().primaryKey(),
    keyId: text().notNull(),
    createdAt: moment().defaultNow().notNull(),
    expiresAt: moment().notNull(),
  },
  (table) => [index('sessions_by_expiry').on(table.expiresAt)],
)

/** What requests were signed with, so that none is taken twice. */
export const nonces = accessSchema.table(
  'nonces',
  {
    keyId: text().notNull(),
    nonce: text().notNull(),
    expiresAt: moment().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.keyId, table.nonce] }),
    index('nonces_by_expiry').on(table.expiresAt),
  ],
)

/** What was answered to requests under a key, by the transaction that did what they ask. */
export const answers = accessSchema.table(
  'answers',
  {
    /** The tenant, or `platform`, and the path. */
    scope: text().notNull(),
    key: text().notNull(),
    /** Of what was asked for. */
    hash: hexColumn().notNull(),
    body: jsonb().notNull(),
    createdAt: moment().defaultNow().notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.key] })],
)

/** What was about to be done, and by whom. It is only added to. */
export const acts = accessSchema.table(
  'acts',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    at: moment().default(sql`clock_timestamp()`).notNull(),
    keyId: text().notNull(),
    holder: text().notNull(),
    role: text().notNull(),
    tenant: uuid(),
    isSession: boolean().notNull(),
    /** The method and the route, such as `POST /v1/keys/:id/revoke`. */
    act: text().notNull(),
    /** The path as it was called. */
    path: text().notNull(),
    requestId: text().notNull(),
  },
  (table) => [
    index('acts_by_tenant').on(table.tenant, table.id),
    index('acts_by_holder').on(table.holder, table.id),
  ],
)

/** How acts ended. One without a row was cut off, and may have been done. */
export const outcomes = accessSchema.table(
  'outcomes',
  {
    act: bigint({ mode: 'bigint' }).primaryKey(),
    at: moment().default(sql`clock_timestamp()`).notNull(),
    status: integer().notNull(),
  },
  (table) => [foreignKey({ columns: [table.act], foreignColumns: [acts.id] })],
)
