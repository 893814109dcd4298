import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm'
import { approvedBy, type Payee, tokenOf } from '../domain/encode-payments.ts'
import type { Payment } from '../domain/outgoing.ts'
import type { LastApproval, Payouts } from '../ports.ts'
import { senders, transactions, withdrawals } from '../schema.ts'
import { readOpen } from './outgoing-rows.ts'
import { withdrawalOf } from './withdrawal-rows.ts'

/** {@link Payouts} in PostgreSQL. */
export const postgresPayouts = (postgres: Postgres): Payouts => ({
  async queued(chain, limit) {
    const rows = await postgres
      .select()
      .from(withdrawals)
      .where(and(eq(withdrawals.chain, chain), eq(withdrawals.status, 'queued')))
      .orderBy(asc(withdrawals.queuedAt), asc(withdrawals.id))
      .limit(limit)
    return rows.map(withdrawalOf)
  },
  async underWay(chain, sender) {
    const [known] = await postgres
      .select()
      .from(senders)
      .where(and(eq(senders.chain, chain), eq(senders.address, sender)))
    const open = await postgres
      .select({
        value: transactions.value,
        gas: transactions.gas,
        payments: transactions.payments,
        purpose: transactions.purpose,
        to: transactions.toAddress,
        minedIn: transactions.minedIn,
        price: sql<string>`greatest(${transactions.maxFeePerGas}, (
          select max(max_fee_per_gas) from withdrawals.attempts
          where transaction_id = ${transactions.id}))`,
      })
      .from(transactions)
      .where(
        and(
          eq(transactions.chain, chain),
          eq(transactions.sender, sender),
          eq(transactions.status, 'open'),
        ),
      )
    const unmined = open.filter(({ minedIn }) => minedIn === null)
    return {
      nextNonce: known?.nextNonce,
      count: open.length,
      value: unmined.reduce((sum, { value, gas, price }) => sum + value + gas * BigInt(price), 0n),
      tokens: tokensIn(unmined),
      batched: tokensIn(unmined.filter(({ payments }) => payments.length > 1)),
      approving: new Set(
        unmined.filter(({ purpose }) => purpose === 'approve').map(({ to }) => to),
      ),
    }
  },
  lastApproval: (of) => lastApproval(postgres, of),
  open: (id) => readOpen(postgres, id),
  due: (until, limit) =>
    postgres
      .select({ id: transactions.id, dueAt: transactions.dueAt })
      .from(transactions)
      .where(and(eq(transactions.status, 'open'), lte(transactions.dueAt, until)))
      .orderBy(asc(transactions.dueAt))
      .limit(limit),
})

/** How much of each token transactions pay. */
function tokensIn(paying: readonly { payments: readonly Payment[] }[]): Map<string, bigint> {
  const tokens = new Map<string, bigint>()
  for (const { asset, amount } of paying.flatMap(({ payments }) => payments)) {
    const token = tokenOf(asset as Payee['asset'])
    if (token) tokens.set(token, (tokens.get(token) ?? 0n) + BigInt(amount))
  }
  return tokens
}

async function lastApproval(
  postgres: Postgres,
  { chain, sender, token }: Parameters<Payouts['lastApproval']>[0],
): Promise<LastApproval | undefined> {
  const ours = and(eq(transactions.chain, chain), eq(transactions.sender, sender))
  const [last] = await postgres
    .select()
    .from(transactions)
    .where(and(ours, eq(transactions.purpose, 'approve'), eq(transactions.toAddress, token)))
    .orderBy(desc(transactions.nonce))
    .limit(1)
  if (last === undefined) return undefined
  const batches = await postgres
    .select({ id: transactions.id })
    .from(transactions)
    .where(and(ours, gt(transactions.nonce, last.nonce), sql`jsonb_array_length(payments) > 1`))
    .limit(1)
  const { callData, createdAt } = last
  return { amount: approvedBy(callData), createdAt, isUsed: batches.length > 0 }
}
