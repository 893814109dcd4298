import { randomUUID } from 'node:crypto'
import type { ReadEvent } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import { bookPayments, isPaymentEvent } from '@coffer/ledger/book-payments'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { accounts } from '@coffer/ledger/schema'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import type { Units } from '@coffer/money/units'
import { and, eq } from 'drizzle-orm'
import { postgresPaymentRooms } from '../adapters/postgres-payment-rooms.ts'
import { applyDeposits } from '../usecases/apply-deposits.ts'
import { type PaymentsDatabase, TOKEN } from './payments-database.ts'

const CHAIN = 'eip155:31337'
const PAYER = `0x${'9'.repeat(40)}` as Address
const now = () => new Date()

/** Payments on chain, and the books of them. */
export function bookedPayments(database: PaymentsDatabase) {
  const { postgres } = database
  let booked = 0

  /** Has money come in for a payment, in the payments and in the books. */
  async function receive(paymentId: string, amount: bigint): Promise<ReadEvent> {
    const txHash = `0x${randomUUID().replaceAll('-', '').repeat(2)}` as const
    const depositId = `${CHAIN}:${txHash}:log:0`
    const blockTime = new Date('2026-11-21T12:10:00Z').toISOString()
    const event = {
      ...{ id: depositId, type: 'deposit.confirmed' as const, source: 'test', time: blockTime },
      data: {
        ...{ depositId, revision: 1, owner: paymentId, chain: CHAIN, asset: TOKEN },
        ...{ amount: amount as Units, txHash, position: 'log:0', blockNumber: 7, blockTime },
        ...{ from: PAYER, to: PAYER, blockHash: txHash },
      },
    }
    const entry = { account: { owner: 'system', code: 'custody', asset: TOKEN }, amount } as const
    const own = { owner: paymentId, code: 'owner.available', asset: TOKEN } as const
    await postgres.transaction((tx) =>
      postTransactions(tx, [
        {
          ...{ reference: depositId, code: 'deposit.credit', owner: paymentId, eventAt: now() },
          entries: [entry, { account: own, amount: -amount }],
        },
      ]),
    )
    const rooms = postgresPaymentRooms(postgres)
    await applyDeposits({ rooms, consumer: 'payments', now })([event as never])
    return event as never
  }

  /** Books what was announced since the last time, as the account service does. */
  async function book(): Promise<void> {
    const all = await database.announced()
    const unitOfWork = postgresUnitOfWork({ postgres })
    await bookPayments({ unitOfWork })(all.slice(booked).filter(isPaymentEvent))
    booked = all.length
  }

  return {
    receive,
    book,
    /** A payment for which so much came in; answers its id. */
    async paid(amount = 100n): Promise<string> {
      const id = await database.payment()
      await receive(id, amount)
      await book()
      return id
    },
    async balance(owner: string, code: string): Promise<bigint> {
      const [row] = await postgres
        .select()
        .from(accounts)
        .where(and(eq(accounts.owner, owner), eq(accounts.code, code as never)))
      return row ? row.creditsPosted - row.debitsPosted : 0n
    },
  }
}
