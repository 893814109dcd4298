import {
  hexColumn,
  signedUnitsColumn,
  transactionIdColumn,
  unitsColumn,
} from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { GAP_KINDS } from './gap-ports.ts'

export const depositsSchema = pgSchema('deposits')

const height = () => bigint({ mode: 'bigint' })
const moment = () => timestamp({ withTimezone: true })

/** Each chain's scan: where it stands and which process may move it. */
export const chains = depositsSchema.table('chains', {
  chain: text().primaryKey(),
  /** First block that is scanned. */
  startNumber: height().notNull(),
  /** What the node last said its newest block is. */
  headNumber: height(),
  headSeenAt: moment(),
  /** The last block whose deposits are stored; `null` before the first. */
  checkpointNumber: height(),
  checkpointHash: hexColumn(),
  checkpointTime: moment(),
  /** Deposits up to here are final. It goes back only when a reorg takes the blocks away. */
  finalNumber: height(),
  /** The same of the tiers that larger amounts wait for, never above it; `null` without any. */
  finalTiers: jsonb().$type<Record<string, string>>(),
  /** The last block that was audited; `null` before the first. A reorg takes it back. */
  auditedNumber: height(),
  /** Why scanning stopped until an operator looks; `null` is scanning. */
  latchedReason: text(),
  /** Grows with each take-over; a commit with an older epoch is refused. */
  leaseEpoch: bigint({ mode: 'bigint' }).default(sql`0`).notNull(),
  leaseHolder: text(),
  leaseUntil: moment(),
})

/** How each endpoint of a chain does, as a scanner that asks it told last. */
export const endpoints = depositsSchema.table(
  'endpoints',
  {
    chain: text().notNull(),
    /** Without credentials, path or query. */
    endpoint: text().notNull(),
    state: text({ enum: ['asked', 'resting', 'foreign'] }).notNull(),
    /** `null` before it told of one. */
    headNumber: height(),
    lagBlocks: height().notNull(),
    latencyMs: integer().notNull(),
    /** In a row. */
    failures: integer().notNull(),
    toldAt: moment().defaultNow().notNull(),
  },
  (table) => [primaryKey({ columns: [table.chain, table.endpoint] })],
)

/** Every block that was scanned. A block that left the chain is kept and marked. */
export const blocks = depositsSchema.table(
  'blocks',
  {
    chain: text().notNull(),
    number: height().notNull(),
    hash: hexColumn().notNull(),
    parentHash: hexColumn().notNull(),
    time: moment().notNull(),
    scannedAt: moment().defaultNow().notNull(),
    orphanedAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.hash] }),
    uniqueIndex('blocks_canonical').on(table.chain, table.number).where(sql`orphaned_at is null`),
  ],
)

/** Transfers to watched addresses: one row for each economic transfer, wherever it was mined. */
export const deposits = depositsSchema.table(
  'deposits',
  {
    /** Order of discovery, by which lists are paged. */
    sequence: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().notNull().unique(),
    chain: text().notNull(),
    txHash: hexColumn().notNull(),
    /** `log:<index within the receipt>` or `value`: with chain and hash the deposit's identity. */
    position: text().notNull(),
    owner: uuid().notNull(),
    asset: text().notNull(),
    amount: unitsColumn().notNull(),
    from: hexColumn().notNull(),
    to: hexColumn().notNull(),
    blockNumber: height().notNull(),
    blockHash: hexColumn().notNull(),
    blockTime: moment().notNull(),
    status: text({
      enum: ['seen', 'final', 'credited', 'orphaned', 'reversed', 'rejected'],
    }).notNull(),
    /** Why it is rejected, orphaned or reversed; of one that is seen, why it is going to be. */
    reason: text(),
    /** What so large an amount waits for: `64`, `safe`, `finalized`; `null` is what all do. */
    tier: text(),
    /** How often it was confirmed: 0 before the first time. See {@link depositReference}. */
    revision: integer().default(0).notNull(),
    seenAt: moment().defaultNow().notNull(),
    confirmedAt: moment(),
    creditedAt: moment(),
    /** The transaction that changed it last, by which streams tell of it. Null of old ones. */
    changedIn: transactionIdColumn().default(sql`pg_current_xact_id()`),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.txHash, table.position] }),
    index('deposits_in_order_of_change').on(table.changedIn),
    index('deposits_by_owner').on(table.owner, table.sequence),
    index('deposits_by_block').on(table.chain, table.blockNumber),
    index('deposits_awaiting_finality')
      .on(table.chain, table.blockNumber)
      .where(sql`status = 'seen'`),
  ],
)

/** Ranges of blocks to read again, by request of an operator. */
export const rescans = depositsSchema.table('rescans', {
  id: uuid().default(sql`uuidv7()`).primaryKey(),
  chain: text().notNull(),
  fromBlock: height().notNull(),
  toBlock: height().notNull(),
  /** The first block that is still to be read. */
  nextBlock: height().notNull(),
  status: text({ enum: ['pending', 'done', 'failed'] }).notNull(),
  /** Why it failed. */
  reason: text(),
  /** Transfers to watched addresses that were found in the range. */
  found: integer().default(0).notNull(),
  /** Those of them that were not stored yet. */
  added: integer().default(0).notNull(),
  /** Confirmations that were published again. */
  republished: integer().default(0).notNull(),
  /** The gap that it closes. */
  gap: bigint({ mode: 'bigint' }),
  requestedAt: moment().defaultNow().notNull(),
  finishedAt: moment(),
})

/** Ranges of scanned blocks of which something is still owed. Closed ones are kept. */
export const gaps = depositsSchema.table(
  'gaps',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    chain: text().notNull(),
    kind: text({ enum: GAP_KINDS }).notNull(),
    /** What is left of it, or was when it was closed. */
    fromBlock: height().notNull(),
    toBlock: height().notNull(),
    reason: text().notNull(),
    openedAt: moment().defaultNow().notNull(),
    attempts: integer().default(0).notNull(),
    lastError: text(),
    closedAt: moment(),
    closedBy: text({ enum: ['work', 'reorg'] }),
  },
  (table) => [
    index('gaps_open').on(table.chain, table.kind, table.fromBlock).where(sql`closed_at is null`),
    index('gaps_by_end').on(table.chain, table.kind, table.toBlock),
  ],
)

/** Deposits that an operator let go of, and why. Nothing is ever deleted here. */
export const releases = depositsSchema.table(
  'releases',
  {
    chain: text().notNull(),
    txHash: hexColumn().notNull(),
    position: text().notNull(),
    /** The one under which it was confirmed. */
    revision: integer().notNull(),
    /** Why it had not been credited. */
    withheldReason: text().notNull(),
    /** Why the operator let it go. */
    reason: text().notNull(),
    releasedAt: moment().defaultNow().notNull(),
  },
  (table) => [primaryKey({ columns: [table.chain, table.txHash, table.position, table.revision] })],
)

/** What holdings were proven to be last, and at which block. */
export const provenBalances = depositsSchema.table(
  'proven_balances',
  {
    chain: text().notNull(),
    address: hexColumn().notNull(),
    asset: text().notNull(),
    owner: uuid().notNull(),
    blockNumber: height().notNull(),
    blockHash: hexColumn().notNull(),
    /** `null` where a token did not tell. */
    balance: unitsColumn(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.address, table.asset] }),
    index('proven_balances_oldest').on(table.chain, table.blockNumber),
  ],
)

/** How far the balance proof of each chain is. */
export const balanceProofs = depositsSchema.table('balance_proofs', {
  chain: text().primaryKey(),
  provenTo: height().notNull(),
  provenHash: hexColumn().notNull(),
})

/** Balances that deposits and what was sent do not explain, or did not. Closed ones are kept. */
export const balanceDifferences = depositsSchema.table(
  'balance_differences',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    chain: text().notNull(),
    address: hexColumn().notNull(),
    asset: text().notNull(),
    owner: uuid().notNull(),
    fromBlock: height().notNull(),
    toBlock: height().notNull(),
    base: signedUnitsColumn().notNull(),
    detected: signedUnitsColumn().notNull(),
    sent: signedUnitsColumn().notNull(),
    found: signedUnitsColumn(),
    noticedAt: moment().defaultNow().notNull(),
    closedAt: moment(),
    /** `explained`, or an operator's words. */
    closedBy: text(),
  },
  (table) => [index('balance_differences_open').on(table.chain).where(sql`closed_at is null`)],
)

/** Blocks of which balances could not be proven as they should, for a node's state was gone. */
export const balanceSkips = depositsSchema.table(
  'balance_skips',
  {
    chain: text().notNull(),
    kind: text({ enum: ['adopted', 'waiting'] }).notNull(),
    fromBlock: height().notNull(),
    toBlock: height().notNull(),
    holdings: integer().notNull(),
    noticedAt: moment().defaultNow().notNull(),
    /** When a proof that waited went on. */
    closedAt: moment(),
  },
  (table) => [primaryKey({ columns: [table.chain, table.kind, table.fromBlock] })],
)
