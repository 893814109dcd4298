import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import { eventMessage, type Message } from '@coffer/events/event'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { creditCount } from './credit-count.ts'
import { tell } from './tell.ts'

const OWNERS = 10_000
const CHUNK = 2_000

/** Messages of the baseline, which takes one transaction for each. */
const BASELINE_SHARE = 0.05

/**
 * Credits a second from messages that are in Kafka already to the committed ledger, by the account
 * service as it runs; and as the baseline the same with one transaction a message.
 */
export async function credits({ count: messages = 50_000 }: { count?: number }) {
  await using coffer = await startCoffer({ env: {}, apps: [], onProgress: tell })
  await using postgres = openPostgres(coffer.urls.DATABASE_URL, { applicationName: 'bench' })
  const owners = Array.from({ length: OWNERS }, () => randomUUID())

  await publish(coffer, owners, messages)
  tell(`${messages} messages are in Kafka`)
  const creditsPerSecond = await timeCredits(coffer, postgres, { total: messages, env: {} })
  tell(`${Math.round(creditsPerSecond)} credits/s`)

  const baseline = Math.ceil(messages * BASELINE_SHARE)
  await publish(coffer, owners, baseline)
  const total = messages + baseline
  const oneByOne = { total, env: { BATCH_SIZE_MAX: '1' } }
  const baselinePerSecond = await timeCredits(coffer, postgres, oneByOne)
  return {
    parameters: { messages, owners: OWNERS },
    creditsPerSecond: Math.round(creditsPerSecond),
    baselineCreditsPerSecond: Math.round(baselinePerSecond),
    ratio: Math.round((creditsPerSecond / baselinePerSecond) * 10) / 10,
  }
}

async function publish(coffer: Coffer, owners: readonly string[], count: number): Promise<void> {
  const brokers = coffer.urls.KAFKA_BROKERS.split(',')
  await using producer = await kafkaProducer({ brokers, clientId: 'bench', logger: silentLogger })
  for (let sent = 0; sent < count; sent += CHUNK) {
    const size = Math.min(CHUNK, count - sent)
    await producer.publish(
      Array.from({ length: size }, (_, index) =>
        confirmation(owners[(sent + index) % OWNERS] ?? ''),
      ),
    )
  }
}

function confirmation(owner: string): Message {
  const word = () => `${randomUUID()}${randomUUID()}`.replaceAll('-', '')
  const txHash = `0x${word()}` as const
  const depositId = `eip155:31337:${txHash}:log:0`
  return eventMessage({
    id: depositId,
    type: 'deposit.confirmed',
    source: 'coffer/bench',
    time: new Date().toISOString(),
    key: owner,
    data: {
      depositId,
      revision: 1,
      owner,
      chain: 'eip155:31337',
      asset: 'eip155:31337/slip44:60',
      amount: '1000000000000000000',
      from: `0x${word().slice(24)}`,
      to: `0x${word().slice(24)}`,
      txHash,
      position: 'log:0',
      blockNumber: 1,
      blockHash: `0x${word()}`,
      blockTime: new Date().toISOString(),
    },
  })
}

/** Credits a second from the first commit that is seen to the last. */
async function timeCredits(
  coffer: Coffer,
  postgres: Postgres,
  { total, env }: { total: number; env: Record<string, string> },
): Promise<number> {
  const before = await creditCount(postgres)
  const app = await coffer.startApp('accounts', { env })
  let first = { count: before, at: performance.now() }
  for (;;) {
    const count = await creditCount(postgres)
    const at = performance.now()
    if (first.count === before && count > before) first = { count, at }
    if (count >= total) {
      await app.stop()
      return (count - first.count) / ((at - first.at) / 1_000)
    }
    // Counting costs the database time too: often enough for one per cent, and no more.
    await pause(100)
  }
}
