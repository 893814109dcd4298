import { COUNTED_TOPICS } from '@coffer/analytics/events'
import {
  ACCOUNTING_EVENTS,
  CHANNEL_EVENTS,
  deadLetterTopic,
  PAYMENT_EVENTS,
  TOPICS,
  WALLET_EVENTS,
} from '@coffer/events/topics'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { relayLag } from '@coffer/messaging/relay-lag'
import { waitFor } from '@coffer/testkit/wait-for'
import { observe, readTopics } from './read-topics.ts'
import type { Observed } from './settled.ts'

/** Who reads what of the month. */
const READERS = [
  { group: 'accounts', topics: [WALLET_EVENTS, PAYMENT_EVENTS] },
  { group: 'deposits', topics: [ACCOUNTING_EVENTS] },
  { group: 'payments', topics: [WALLET_EVENTS] },
  { group: 'settlement', topics: [ACCOUNTING_EVENTS] },
  { group: 'withdrawals', topics: [PAYMENT_EVENTS] },
  { group: 'reconciliation', topics: [ACCOUNTING_EVENTS, CHANNEL_EVENTS] },
  { group: 'analytics', topics: COUNTED_TOPICS },
]

/** Waits until everything that was owed was published, and read by whoever reads it. */
export async function quiet({ coffer, postgres }: Observed): Promise<void> {
  let last: string[] = []
  const broker = await observe(coffer.messaging)
  const isQuiet = async () => {
    const lags = await relayLag(postgres, [transactionsOutbox])
    last = lags.flatMap(({ topic, rows }) => (rows > 0 ? [`${rows} wait for ${topic}`] : []))
    for (const { group, topics } of last.length > 0 ? [] : READERS) {
      const lag = await broker.backlog({ group, topics })
      if (lag > 0) last.push(`${lag} messages wait for ${group}`)
    }
    return last.length === 0
  }
  const options = { what: 'quiet', timeoutMs: 90_000, intervalMs: 100 }
  await waitFor(isQuiet, options).catch((cause) => {
    throw new Error(`It does not get quiet: ${last.join('; ')}`, { cause })
  })
}

/** What nobody could handle. */
export async function deadLetters({ coffer }: Observed): Promise<string[]> {
  const names = TOPICS.map(({ name }) => name)
  const dead = names.filter((name) => names.some((other) => deadLetterTopic(other) === name))
  const letters = await readTopics(coffer.messaging, dead)
  return letters.map(({ topic, headers }) => `${topic}: ${headers['coffer_dlq_cause']}`)
}
