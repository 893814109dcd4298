import type { Units } from '@coffer/money/units'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Attempt, Outgoing } from '../domain/outgoing.ts'
import type { OutgoingRoom } from '../ports.ts'
import { attempts, senders, transactions } from '../schema.ts'

type Row = typeof transactions.$inferSelect

/** A row and its attempts, as the domain has them. */
const outgoingOf = (
  { toAddress, callData, payments, refusal, minedIn, ...row }: Row,
  made: readonly (typeof attempts.$inferSelect)[],
): Outgoing => ({
  ...row,
  to: toAddress,
  data: callData,
  payments,
  refusal: refusal ?? undefined,
  minedIn: minedIn ?? undefined,
  attempts: made.map(
    ({ takenAt, transactionId: _, ...attempt }): Attempt => ({
      ...attempt,
      takenAt: takenAt ?? undefined,
    }),
  ),
})

const isOpen = (id: string) => and(eq(transactions.id, id), eq(transactions.status, 'open'))

async function withAttempts(tx: Postgres | Transaction, row: Row | undefined) {
  if (row === undefined) return undefined
  const made = await tx
    .select()
    .from(attempts)
    .where(eq(attempts.transactionId, row.id))
    .orderBy(asc(attempts.number))
  return outgoingOf(row, made)
}

/** One that is open, as it is stored now. */
export async function readOpen(postgres: Postgres, id: string): Promise<Outgoing | undefined> {
  const found = await postgres.select().from(transactions).where(isOpen(id))
  return await withAttempts(postgres, found[0])
}

/** {@link OutgoingRoom} in a transaction of PostgreSQL. */
export const outgoingRoom = (tx: Transaction): OutgoingRoom => ({
  async lockSender({ chain, address, first }) {
    await tx.insert(senders).values({ chain, address, nextNonce: first }).onConflictDoNothing()
    const [sender] = await tx
      .select()
      .from(senders)
      .where(and(eq(senders.chain, chain), eq(senders.address, address)))
      .for('update')
    if (sender === undefined) throw new Error('A sender was neither inserted nor found.')
    return sender.nextNonce
  },
  isApproving: (of) => isApproving(tx, of),
  async insert(created, { nonce, at }) {
    const [sender] = created
    if (sender === undefined) return
    const rows = created.map(({ to: toAddress, data: callData, ...rest }, place) => {
      const stamps = { nonce: nonce + place, createdAt: at, dueAt: at }
      const amounts = {
        value: rest.value as Units,
        maxFeePerGas: rest.maxFeePerGas as Units,
        maxPriorityFeePerGas: rest.maxPriorityFeePerGas as Units,
      }
      return { ...rest, toAddress, callData, ...amounts, ...stamps }
    })
    await tx.insert(transactions).values(rows)
    await tx
      .update(senders)
      .set({ nextNonce: nonce + created.length })
      .where(and(eq(senders.chain, sender.chain), eq(senders.address, sender.sender)))
  },
  async lockOpen(id) {
    const found = await tx.select().from(transactions).where(isOpen(id)).for('update')
    return await withAttempts(tx, found[0])
  },
  async claimOpen(id) {
    // A lock of a row would be a write, which holds up the relay for as long as a signer takes.
    const [claim] = await tx.execute<{ isOurs: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${id}, 1)) as "isOurs"`,
    )
    if (!claim?.isOurs) return undefined
    const found = await tx.select().from(transactions).where(isOpen(id))
    return await withAttempts(tx, found[0])
  },
  async addAttempt(id, { maxFeePerGas, maxPriorityFeePerGas, ...attempt }) {
    await tx.insert(attempts).values({
      ...{ ...attempt, transactionId: id },
      maxFeePerGas: maxFeePerGas as Units,
      maxPriorityFeePerGas: maxPriorityFeePerGas as Units,
    })
  },
  async markTaken(id, { number, at }) {
    await tx
      .update(attempts)
      .set({ takenAt: at })
      .where(and(eq(attempts.transactionId, id), eq(attempts.number, number)))
  },
  async refuse(id, refusal) {
    await tx.update(transactions).set({ refusal }).where(eq(transactions.id, id))
  },
  async postpone(id, { dueAt, minedIn }) {
    await tx
      .update(transactions)
      .set({ dueAt, minedIn: minedIn ?? null })
      .where(and(eq(transactions.id, id), eq(transactions.status, 'open')))
  },
  async end(id, { status, minedIn, minedHash, gasCost, at }) {
    await tx
      .update(transactions)
      .set({
        ...{ status, minedIn: minedIn ?? null, minedHash: minedHash ?? null },
        ...{ gasCost: gasCost as Units, endedAt: at },
      })
      .where(eq(transactions.id, id))
  },
})

async function isApproving(
  tx: Transaction,
  { chain, sender, token }: Parameters<OutgoingRoom['isApproving']>[0],
): Promise<boolean> {
  const found = await tx
    .select({ id: transactions.id })
    .from(transactions)
    .where(
      and(
        ...[eq(transactions.chain, chain), eq(transactions.sender, sender)],
        ...[eq(transactions.purpose, 'approve'), eq(transactions.toAddress, token)],
        eq(transactions.status, 'open'),
      ),
    )
  return found.length > 0
}
