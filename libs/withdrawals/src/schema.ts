import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import { hexColumn, unitsColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import type { AttemptKind, Payment, Purpose, TransactionStatus } from './domain/outgoing.ts'
import type { WithdrawalStatus } from './domain/withdrawal.ts'

export const withdrawalsSchema = pgSchema('withdrawals')

const moment = () => timestamp({ withTimezone: true, precision: 3 })

/** Our own transactions, one for each nonce of a sender. None is ever deleted. */
export const transactions = withdrawalsSchema.table(
  'transactions',
  {
    id: uuid().primaryKey(),
    chain: text().$type<ChainId>().notNull(),
    sender: hexColumn().$type<Address>().notNull(),
    nonce: integer().notNull(),
    purpose: text().$type<Purpose>().notNull(),
    toAddress: hexColumn().$type<Address>().notNull(),
    value: unitsColumn().notNull(),
    callData: hexColumn().notNull(),
    gas: bigint({ mode: 'bigint' }).notNull(),
    /** What it offers first. */
    maxFeePerGas: unitsColumn().notNull(),
    maxPriorityFeePerGas: unitsColumn().notNull(),
    /** What it pays to whom, as the signer is told. */
    payments: jsonb().$type<readonly Payment[]>().notNull(),
    status: text().$type<TransactionStatus>().default('open').notNull(),
    /** Why it is to pay nothing, and only take its nonce. */
    refusal: text(),
    /** The block in which it was last seen. */
    minedIn: bigint({ mode: 'bigint' }),
    minedHash: hexColumn().$type<TxHash>(),
    /** What it cost, in the chain's coin. */
    gasCost: unitsColumn(),
    createdAt: moment().notNull(),
    /** When it is to be looked at again. */
    dueAt: moment().notNull(),
    endedAt: moment(),
  },
  (table) => [
    unique('transactions_nonce').on(table.chain, table.sender, table.nonce),
    index('transactions_approvals')
      .on(table.chain, table.sender, table.toAddress, table.nonce)
      .where(sql`purpose = 'approve'`),
    index('transactions_due').on(table.dueAt).where(sql`status = 'open'`),
    check('transactions_ended', sql`(${table.status} = 'open') = (${table.endedAt} is null)`),
  ],
)

/** Every transaction that was ever signed, stored before anybody else could see it. */
export const attempts = withdrawalsSchema.table(
  'attempts',
  {
    transactionId: uuid()
      .notNull()
      .references(() => transactions.id),
    number: integer().notNull(),
    kind: text().$type<AttemptKind>().notNull(),
    maxFeePerGas: unitsColumn().notNull(),
    maxPriorityFeePerGas: unitsColumn().notNull(),
    raw: hexColumn().notNull(),
    hash: hexColumn().$type<TxHash>().notNull().unique(),
    signedAt: moment().notNull(),
    /** When a node took it first. */
    takenAt: moment(),
  },
  (table) => [primaryKey({ columns: [table.transactionId, table.number] })],
)

/** Who sends, and the nonce that comes next. */
export const senders = withdrawalsSchema.table(
  'senders',
  {
    chain: text().$type<ChainId>().notNull(),
    address: hexColumn().$type<Address>().notNull(),
    nextNonce: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.chain, table.address] })],
)

/** What an owner wants to have on chain, and what came of it. */
export const withdrawals = withdrawalsSchema.table(
  'withdrawals',
  {
    id: uuid().primaryKey(),
    owner: uuid().notNull(),
    chain: text().$type<ChainId>().notNull(),
    asset: text().$type<AssetId>().notNull(),
    toAddress: hexColumn().$type<Address>().notNull(),
    amount: unitsColumn().notNull(),
    fee: unitsColumn().notNull(),
    /** The refund that it pays. What that takes is reserved elsewhere. */
    refundId: uuid().unique(),
    status: text().$type<WithdrawalStatus>().notNull(),
    needsApproval: boolean().notNull(),
    /** Who holds the key that asked for it; null of a refund, and of what is older than keys. */
    requestedBy: text(),
    approvedBy: text(),
    /** What was approved: see `approvalHash`. */
    approvedHash: hexColumn(),
    approvedAt: moment(),
    /** Whether it failed in a batch, and is paid by itself. */
    isAlone: boolean().default(false).notNull(),
    transactionId: uuid().references(() => transactions.id),
    /** The transaction that pays it, or paid it. */
    txHash: hexColumn().$type<TxHash>(),
    blockNumber: bigint({ mode: 'bigint' }),
    reason: text(),
    version: integer().notNull(),
    requestedAt: moment().notNull(),
    queuedAt: moment(),
    endedAt: moment(),
  },
  (table) => [
    index('withdrawals_queued').on(table.chain, table.queuedAt).where(sql`status = 'queued'`),
    index('withdrawals_of_owner').on(table.owner, table.requestedAt),
    index('withdrawals_of_transaction').on(table.transactionId),
    index('withdrawals_completed')
      .on(table.chain, table.endedAt, table.id)
      .where(sql`status = 'completed'`),
    check('withdrawals_amount', sql`${table.amount} > 0`),
    check(
      'withdrawals_status',
      sql`${table.status} in ('awaiting_approval', 'queued', 'paying', 'broadcast', 'completed',
        'failed', 'cancelled')`,
    ),
    check(
      'withdrawals_transaction',
      sql`${table.status} not in ('paying', 'broadcast', 'completed')
        or ${table.transactionId} is not null`,
    ),
  ],
)

/** What was asked under a key, and what was answered. Kept for ever. */
export const requests = withdrawalsSchema.table(
  'requests',
  {
    owner: uuid().notNull(),
    key: text().notNull(),
    /** Of what was asked. */
    payloadHash: hexColumn().notNull(),
    withdrawalId: uuid(),
    refusalCode: text(),
    refusalDetail: text(),
    createdAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key] })],
)

/** Where an owner may withdraw to. */
export const payees = withdrawalsSchema.table(
  'payees',
  {
    owner: uuid().notNull(),
    chain: text().$type<ChainId>().notNull(),
    address: hexColumn().$type<Address>().notNull(),
    label: text(),
    addedAt: moment().notNull(),
    usableFrom: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.chain, table.address] })],
)

/** Assets that came to our addresses and are not swept so far. */
export const sweepSources = withdrawalsSchema.table(
  'sweep_sources',
  {
    chain: text().$type<ChainId>().notNull(),
    address: hexColumn().$type<Address>().notNull(),
    asset: text().$type<AssetId>().notNull(),
    /** When it is to be looked at. */
    dueAt: moment().notNull(),
    /** How often it was swept since something came. */
    tries: integer().default(0).notNull(),
    /** The transaction under way that takes it. */
    transactionId: uuid().references(() => transactions.id),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.address, table.asset] }),
    index('sweep_sources_due').on(table.chain, table.dueAt).where(sql`transaction_id is null`),
    index('sweep_sources_under_way').on(table.transactionId).where(sql`transaction_id is not null`),
  ],
)
