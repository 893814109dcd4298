import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, eq, lte, sql } from 'drizzle-orm'
import { type Payee, tokenOf } from '../domain/encode-payments.ts'
import type { Payouts } from '../ports.ts'
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
    const tokens = new Map<string, bigint>()
    for (const { asset, amount } of unmined.flatMap(({ payments }) => payments)) {
      const token = tokenOf(asset as Payee['asset'])
      if (token) tokens.set(token, (tokens.get(token) ?? 0n) + BigInt(amount))
    }
    return {
      nextNonce: known?.nextNonce,
      count: open.length,
      value: unmined.reduce((sum, { value, gas, price }) => sum + value + gas * BigInt(price), 0n),
      tokens,
    }
  },
  open: (id) => readOpen(postgres, id),
  due: (until, limit) =>
    postgres
      .select({ id: transactions.id, dueAt: transactions.dueAt })
      .from(transactions)
      .where(and(eq(transactions.status, 'open'), lte(transactions.dueAt, until)))
      .orderBy(asc(transactions.dueAt))
      .limit(limit),
})
