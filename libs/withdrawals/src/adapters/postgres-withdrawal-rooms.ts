import { postTransactions } from '@coffer/ledger/post-transactions'
import { claimNew } from '@coffer/messaging/inbox'
import { enqueue } from '@coffer/messaging/outbox'
import type { AssetId } from '@coffer/money/asset'
import type { Database, Transaction } from '@coffer/postgres/open-postgres'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { RefusalCode } from '../domain/policy.ts'
import type { Answered, OwnerKind, RequestKey, WithdrawalRoom, WithdrawalRooms } from '../ports.ts'
import { payees, requests, withdrawals } from '../schema.ts'
import { outgoingRoom } from './outgoing-rows.ts'
import { insertWithdrawal, saveWithdrawals, withdrawalOf } from './withdrawal-rows.ts'

/** {@link WithdrawalRooms} in PostgreSQL. */
export const postgresWithdrawalRooms =
  (postgres: Database): WithdrawalRooms =>
  (work) =>
    postgres.transaction((tx) => work(roomOf(tx)))

const roomOf = (tx: Transaction): WithdrawalRoom => ({
  claim: (consumer, eventIds) => claimNew(tx, consumer, eventIds),
  claimKey: (request) => claimKey(tx, request),
  async answer({ owner, key }, { withdrawalId, refusal }) {
    await tx
      .update(requests)
      .set({ withdrawalId, refusalCode: refusal?.code, refusalDetail: refusal?.detail })
      .where(isRequest({ owner, key }))
  },
  async ownerKind(owner) {
    const [found] = await tx.execute<{ kind: OwnerKind }>(
      sql`select kind from wallets.owners where id = ${owner}`,
    )
    return found?.kind
  },
  async isWatched(chain, address) {
    const found = await tx.execute(sql`
      select 1 from wallets.addresses
      where chain = ${chain} and address = ${Buffer.from(address.slice(2), 'hex')}`)
    return found.length > 0
  },
  async payee(owner, chain, address) {
    const [found] = await tx
      .select()
      .from(payees)
      .where(and(eq(payees.owner, owner), eq(payees.chain, chain), eq(payees.address, address)))
    return found && { ...found, label: found.label ?? undefined }
  },
  lockSpent: (of) => lockSpent(tx, of),
  insert: (withdrawal) => insertWithdrawal(tx, withdrawal),
  async lock(id) {
    const [row] = await tx.select().from(withdrawals).where(eq(withdrawals.id, id)).for('update')
    return row && withdrawalOf(row)
  },
  async lockQueued(ids) {
    if (ids.length === 0) return []
    const rows = await tx
      .select()
      .from(withdrawals)
      .where(and(inArray(withdrawals.id, [...ids]), eq(withdrawals.status, 'queued')))
      .orderBy(asc(withdrawals.id))
      .for('update', { skipLocked: true })
    const locked = new Map(rows.map((row) => [row.id, withdrawalOf(row)]))
    return ids.flatMap((id) => locked.get(id) ?? [])
  },
  async lockPaidBy(transactionId) {
    const rows = await tx
      .select()
      .from(withdrawals)
      .where(eq(withdrawals.transactionId, transactionId))
      .orderBy(asc(withdrawals.id))
      .for('update')
    return rows.map(withdrawalOf)
  },
  save: (changed) => saveWithdrawals(tx, changed),
  post: (drafts) => postTransactions(tx, drafts),
  announce: (messages) => enqueue(tx, messages),
  outgoing: outgoingRoom(tx),
})

const isRequest = ({ owner, key }: RequestKey) =>
  and(eq(requests.owner, owner), eq(requests.key, key))

type KeyClaim = Parameters<WithdrawalRoom['claimKey']>[0]

async function claimKey(
  tx: Transaction,
  { owner, key, payloadHash, at }: KeyClaim,
): Promise<Answered | undefined> {
  const claimed = await tx
    .insert(requests)
    .values({ owner, key, payloadHash, createdAt: at })
    .onConflictDoNothing()
    .returning({ key: requests.key })
  if (claimed.length > 0) return undefined
  const [found] = await tx.select().from(requests).where(isRequest({ owner, key }))
  if (found === undefined) throw new Error('A key was neither taken nor found.')
  const { refusalCode: code, refusalDetail: detail, withdrawalId } = found
  return {
    payloadHash: found.payloadHash,
    withdrawalId: withdrawalId ?? undefined,
    refusal: code === null ? undefined : { code: code as RefusalCode, detail: detail ?? '' },
  }
}

type Spending = { owner: string; asset: AssetId; since: Date }

async function lockSpent(tx: Transaction, { owner, asset, since }: Spending): Promise<bigint> {
  const lock = `withdrawals ${owner} ${asset}`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
  const [sum] = await tx.execute<{ spent: string }>(sql`
    select coalesce(sum(amount), 0)::text as spent from withdrawals.withdrawals
    where owner = ${owner} and asset = ${asset} and requested_at > ${since.toISOString()}
      and status not in ('failed', 'cancelled') and refund_id is null`)
  return BigInt(sum?.spent ?? 0)
}
