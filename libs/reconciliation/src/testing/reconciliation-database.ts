import { randomUUID } from 'node:crypto'
import { transactionCreated } from '@coffer/events/accounting-events'
import type { EventWire } from '@coffer/events/catalogue'
import { statementLine } from '@coffer/events/channel-events'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { AccountName, TransactionDraft } from '@coffer/ledger/transaction'
import { transactionCreatedMessage } from '@coffer/ledger/transaction-created-message'
import { trialBalance } from '@coffer/ledger/trial-balance'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { type AssetId, currencyAssetId } from '@coffer/money/asset'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { postgresDifferences } from '../adapters/postgres-differences.ts'
import { postgresRooms } from '../adapters/postgres-rooms.ts'
import { postgresRuns } from '../adapters/postgres-runs.ts'
import { reconciliationMigrations } from '../migrations.ts'
import type { ChannelRules } from '../usecases/judge-groups.ts'
import { type BookedEvent, recordBookings } from '../usecases/record-bookings.ts'
import { type LineEvent, recordLines } from '../usecases/record-lines.ts'

export const USD: AssetId = currencyAssetId('USD')
export const EUR: AssetId = currencyAssetId('EUR')

/** When everything moves that a test makes, unless it says otherwise. */
export const MOVED_AT = new Date('2026-11-20T12:00:00Z')
const HOUR_MS = 3_600_000

export const RULES: ChannelRules = { graceMs: 24 * HOUR_MS, tolerances: [] }

type LineFacts = Partial<EventWire<'statement.line'>>

/** A ledger and what is reconciled with it. Its clock stands still. */
export type ReconciliationDatabase = AsyncDisposable & {
  postgres: TestDatabase['postgres']
  rooms: ReturnType<typeof postgresRooms>
  runs: ReturnType<typeof postgresRuns>
  now: () => Date
  setNow(moment: Date): void
  /** Books a payment through the sandbox, or what else `reference` says; answers its event. */
  book(booking: { reference: string; amount: bigint; asset?: AssetId }): Promise<BookedEvent>
  /** Tells reconciliation of what was booked. */
  tell(...events: BookedEvent[]): Promise<number>
  /** Tells reconciliation of a line of the sandbox's statement. */
  line(facts: LineFacts): Promise<number>
  /** Names of the differences that are open, in order. */
  open(): Promise<string[]>
  balance(code: AccountName['code'], asset?: AssetId): Promise<bigint>
}

export async function reconciliationDatabase(
  rules: ChannelRules = RULES,
): Promise<ReconciliationDatabase> {
  const database = await testDatabase([
    messagingMigrations,
    walletsMigrations,
    ledgerMigrations,
    reconciliationMigrations,
  ])
  const { postgres } = database
  let moment = new Date(MOVED_AT.getTime() + HOUR_MS)
  const now = () => moment
  const rooms = postgresRooms(postgres)
  const options = { rooms, consumer: 'reconciliation', rules, now }
  return {
    ...{ postgres, rooms, now, runs: postgresRuns(postgres) },
    setNow(next) {
      moment = next
    },
    async book({ reference, amount, asset = USD }) {
      const draft = paymentDraft(reference, amount, asset)
      const [outcome] = await postgres.transaction((tx) => postTransactions(tx, [draft]))
      if (outcome?.status !== 'created') throw new Error(`${reference} is ${outcome?.status}.`)
      const { headers, value, key: _ } = transactionCreatedMessage(outcome.transaction)
      return {
        id: headers['ce_id'] ?? '',
        type: 'transaction.created',
        source: 'test',
        time: MOVED_AT.toISOString(),
        data: transactionCreated.parse(JSON.parse(value)),
      }
    },
    tell: recordTold(recordBookings(options)),
    line: (facts) => recordLines(options)([lineEvent(facts)]),
    async open() {
      const found = await postgresDifferences(postgres).list(
        { status: 'open' },
        { before: undefined, limit: 1_000 },
      )
      return found.map(({ kind, subject }) => `${kind}: ${subject}`).sort()
    },
    async balance(code, asset = USD) {
      const sheet = await trialBalance(postgres)
      return sheet.find((each) => each.asset === asset)?.byCode[code] ?? 0n
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const recordTold =
  (record: ReturnType<typeof recordBookings>) =>
  (...events: BookedEvent[]) =>
    record(events)

const paymentDraft = (reference: string, amount: bigint, asset: AssetId): TransactionDraft => ({
  reference,
  code: 'charge.credit',
  owner: MERCHANT,
  eventAt: MOVED_AT,
  entries: [
    { account: { owner: 'system', code: 'channel.receivable', asset }, amount },
    { account: { owner: 'system', code: 'fees', asset }, amount: -amount },
  ],
})

const MERCHANT = randomUUID()

/** A line of the sandbox's statement, the first of its day unless `facts` say otherwise. */
function lineEvent(facts: LineFacts): LineEvent {
  const wire: EventWire<'statement.line'> = {
    channel: 'sandbox',
    statementId: '2026-11-20',
    line: 1,
    kind: 'payment',
    channelReference: `ch_${facts.reference ?? 'p1'}`,
    reference: 'p1',
    asset: USD,
    amount: '100',
    movedAt: MOVED_AT.toISOString(),
    ...facts,
  }
  return {
    id: `sandbox:${wire.statementId}:${wire.line}:${wire.amount}:${wire.asset}`,
    type: 'statement.line',
    source: 'test',
    time: MOVED_AT.toISOString(),
    data: statementLine.parse(wire),
  }
}
