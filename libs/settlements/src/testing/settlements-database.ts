import { randomUUID } from 'node:crypto'
import type { TransactionCreated } from '@coffer/events/accounting-events'
import { readEvent } from '@coffer/events/event'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import type { PostingOutcome } from '@coffer/ledger/ports'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { announcements } from '@coffer/ledger/testing/announcements'
import type { AccountName, EntryDraft, TransactionDraft } from '@coffer/ledger/transaction'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { currencyAssetId } from '@coffer/money/asset'
import { testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { postgresSettlementReader } from '../adapters/postgres-settlement-reader.ts'
import { postgresSettlementRooms } from '../adapters/postgres-settlement-rooms.ts'
import type { SettlementTerms } from '../domain/settlement-terms.ts'
import { settlementsMigrations } from '../migrations.ts'
import { recordLines } from '../usecases/record-lines.ts'
import { settleTallies } from '../usecases/settle-tallies.ts'

export const USD = currencyAssetId('USD')
export const NOW = new Date('2026-11-21T12:00:00Z')

/** What a merchant has, by account of the ledger. */
export type Holdings = { pending: bigint; available: bigint; reserve: bigint }

/** A ledger in which payments and refunds are booked by hand, and what settles beside it. */
export async function settlementsDatabase(changed: Partial<SettlementTerms> = {}) {
  const database = await testDatabase(
    [messagingMigrations, ledgerMigrations, settlementsMigrations],
    { connectionsMax: 8 },
  )
  const { postgres } = database
  const terms: SettlementTerms = {
    thresholds: {},
    threshold: 1n,
    holdBackDays: 0,
    reserveBasisPoints: 0,
    reserveDays: 30,
    ...changed,
  }
  const clock = { at: NOW }
  const now = () => clock.at
  const rooms = postgresSettlementRooms(postgres)
  const record = recordLines({ rooms, defaults: terms, now })
  let heard = 0

  const tryToBook = (...drafts: TransactionDraft[]): Promise<PostingOutcome[]> =>
    postgres.transaction((tx) => postTransactions(tx, drafts))
  const book = async (...drafts: TransactionDraft[]): Promise<void> => {
    for (const outcome of await tryToBook(...drafts)) {
      if (outcome.status !== 'created') throw new Error(`Not booked: ${outcome.status}.`)
    }
  }
  /** What the ledger has booked since this was asked last. */
  const news = async (): Promise<TransactionCreated[]> => {
    const all = (await announcements(postgres)).map(readEvent)
    const fresh = all.slice(heard)
    heard = all.length
    return fresh.flatMap(({ type, data }) => (type === 'transaction.created' ? [data] : []))
  }
  return {
    postgres,
    terms,
    clock,
    now,
    rooms,
    record,
    settle: settleTallies({ rooms, defaults: terms, now }),
    reader: postgresSettlementReader(postgres),
    book,
    tryToBook,
    news,
    /** Records all that was booked since it was done last. */
    hear: async () => await record(await news()),
    holdings: async (merchantId: string, asset = USD): Promise<Holdings> => {
      const rows = await postgres.execute<{ code: string; amount: string }>(sql`
        select code, credits_posted - debits_posted as amount from ledger.accounts
        where owner = ${merchantId} and asset = ${asset}`)
      const of = (code: string) => BigInt(rows.find((row) => row.code === code)?.amount ?? 0)
      return {
        pending: of('merchant.pending'),
        available: of('owner.available'),
        reserve: of('merchant.reserve'),
      }
    },
    /** Everything announced so far, in order. */
    async announced() {
      const rows = await postgres.execute<{ headers: Record<string, string>; value: string }>(
        sql`select headers, value from messaging.outbox order by id`,
      )
      return rows.map(readEvent)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

export type SettlementsDatabase = Awaited<ReturnType<typeof settlementsDatabase>>

type Booking = { payment?: string; at?: Date; asset?: typeof USD }

const system = (code: AccountName['code'], asset: typeof USD): AccountName => ({
  owner: 'system',
  code,
  asset,
})

/** What a payment through a channel books for its merchant, the fee left out. */
export function paid(merchantId: string, amount: bigint, booking: Booking = {}): TransactionDraft {
  const { payment = randomUUID(), at = NOW, asset = USD } = booking
  const pending = { owner: merchantId, code: 'merchant.pending', asset } as const
  const refundable = { owner: payment, code: 'payment.refundable', asset } as const
  return {
    reference: `payment:${payment}:succeeded`,
    code: 'payment.succeeded',
    owner: merchantId,
    eventAt: at,
    entries: [
      { account: system('channel.receivable', asset), amount },
      { account: pending, amount: -amount },
      { account: system('refundable.contra', asset), amount },
      { account: refundable, amount: -amount },
    ],
  }
}

/** What a refund books when it is asked for: from what is pending, else from what is settled. */
export function refunded(
  merchantId: string,
  amount: bigint,
  { payment, at = NOW, asset = USD }: Booking & { payment: string },
): TransactionDraft {
  const merchant = (code: AccountName['code']) => ({ owner: merchantId, code, asset })
  const taken: EntryDraft = {
    account: merchant('merchant.pending'),
    amount,
    shortfall: merchant('owner.available'),
  }
  return {
    reference: `refund:${randomUUID()}:requested`,
    code: 'refund.requested',
    owner: merchantId,
    eventAt: at,
    entries: [
      taken,
      { account: { owner: payment, code: 'refund.payable', asset }, amount: -amount },
      { account: { owner: payment, code: 'payment.refundable', asset }, amount },
      { account: system('refundable.contra', asset), amount: -amount },
    ],
  }
}
