import { randomUUID } from 'node:crypto'
import { startCoffer } from '@coffer/cli/start-coffer'
import { bookDeposits, type DepositEvent } from '@coffer/ledger/book-deposits'
import { postgresShadow } from '@coffer/ledger/postgres-shadow'
import { rebuildLedger } from '@coffer/ledger/rebuild-ledger'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { kafkaTopicLog } from '@coffer/messaging/kafka-topic-log'
import { relayStep } from '@coffer/messaging/relay'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { units } from '@coffer/money/units'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { sql } from 'drizzle-orm'
import { cpuSeconds } from './cpu-seconds.ts'
import { tell } from './tell.ts'

const OWNERS = 10_000
const BATCH = 5_000
/** One deposit in so many is taken back by a reorg. */
const REVERSED_EVERY = 20

const chain = chainIdOf(31_337)
const asset = nativeAssetId(chain)

/**
 * Transactions a second that are rebuilt from Kafka and compared with the ledger in use, row by
 * row. They were booked and published by the same code that the account service runs.
 */
export async function rebuild({ count = 300_000 }: { count?: number }) {
  await using coffer = await startCoffer({ env: {}, apps: [], onProgress: tell })
  const { DATABASE_URL, KAFKA_BROKERS } = coffer.urls
  const client = { brokers: KAFKA_BROKERS.split(','), clientId: 'bench', logger: silentLogger }
  await using postgres = openPostgres(DATABASE_URL, { applicationName: 'bench' })
  await book(postgres, count)
  await using producer = await kafkaProducer(client)
  const relay = { postgres, producer, ...transactionsOutbox, holder: randomUUID() }
  const publishNext = relayStep({ ...relay, batchSize: BATCH, leaseMs: 60_000 })
  while ((await publishNext()) === 'busy');
  await postgres.execute(sql`vacuum analyze ledger.accounts, ledger.transactions, ledger.entries`)
  tell(`${count} transactions are in the ledger and in Kafka`)

  await using log = kafkaTopicLog(client)
  const cpuBefore = cpuSeconds(process.pid) ?? 0
  const startedMs = performance.now()
  const report = await rebuildLedger({ log, shadow: postgresShadow(postgres) })()
  const seconds = (performance.now() - startedMs) / 1_000
  const cpu = (cpuSeconds(process.pid) ?? 0) - cpuBefore
  return {
    parameters: { transactions: report.transactions, entries: report.entries, owners: OWNERS },
    transactionsPerSecond: Math.round(report.transactions / seconds),
    equal: report.isEqual && report.transactions === count && report.unpublished === 0,
    cpuMicrosPerTransaction: Math.round((cpu / report.transactions) * 1e7) / 10,
  }
}

async function book(postgres: Postgres, count: number): Promise<void> {
  const bookAll = bookDeposits({ unitOfWork: postgresUnitOfWork({ postgres }) })
  const owners = Array.from({ length: OWNERS }, () => randomUUID())
  const events: DepositEvent[] = []
  const flush = async () => {
    await bookAll(events)
    events.length = 0
  }
  for (let number = 0; number < count; number += 1) {
    const before = events.at(-1)
    const isReversal = number % REVERSED_EVERY === REVERSED_EVERY - 1
    const owner = owners[number % OWNERS] ?? ''
    events.push(isReversal && before ? reversal(before) : confirmation(owner))
    if (events.length === BATCH) await flush()
  }
  await flush()
}

const hash = () => `0x${`${randomUUID()}${randomUUID()}`.replaceAll('-', '')}` as const

function confirmation(owner: string): DepositEvent {
  const txHash = hash()
  const depositId = `${chain}:${txHash}:log:0`
  const time = new Date().toISOString()
  return {
    id: depositId,
    type: 'deposit.confirmed',
    source: 'coffer/bench',
    time,
    data: {
      depositId,
      revision: 1,
      owner,
      chain,
      asset,
      amount: units(1_000_000_000_000_000_000n),
      from: `0x${'a'.repeat(40)}`,
      to: `0x${'b'.repeat(40)}`,
      txHash,
      position: 'log:0',
      blockNumber: 1,
      blockHash: hash(),
      blockTime: time,
    },
  }
}

const reversal = ({ id, source, time, data }: DepositEvent): DepositEvent => ({
  id: `${id}/reversal`,
  type: 'deposit.reversed',
  source,
  time,
  data: { ...data, reason: 'its block left the chain', suspended: false },
})
