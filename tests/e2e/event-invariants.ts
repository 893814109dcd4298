import { readEvent } from '@coffer/events/event'
import {
  ACCOUNTING_EVENTS,
  DEPOSIT_TOPICS,
  deadLetterTopic,
  WALLET_EVENTS,
} from '@coffer/events/topics'
import { announcements } from '@coffer/ledger/testing/announcements'
import type { MessagingConfig } from '@coffer/messaging/messaging-settings'
import type { Delivery } from '@coffer/messaging/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Violation } from './invariants.ts'
import { readTopics } from './read-topics.ts'

type OwedEvent = { id: string; topic: string; key: string; value: string }

/**
 * I9: each event is published at least once, by one id, and one owner's are in order. Where coin is
 * found `coinLater`, it is in order by itself.
 */
export async function eventViolations(inputs: {
  postgres: Postgres
  messaging: MessagingConfig
  coinLater: boolean
}): Promise<Violation[]> {
  const published = await readTopics(
    inputs.messaging,
    DEPOSIT_TOPICS.map(({ name }) => name),
  )
  const problems = published.filter(isDeadLetter).map((letter) => {
    return `${idOf(letter)} is a dead letter: ${letter.headers['coffer_dlq_cause']}`
  })
  const owed = await readOwed(inputs.postgres)
  for (const topic of [WALLET_EVENTS, ACCOUNTING_EVENTS]) {
    const inTopic = <T extends { topic: string }>(all: readonly T[]) =>
      all.filter((each) => each.topic === topic)
    problems.push(...differences(inTopic(owed), inTopic(published)))
  }
  problems.push(...(await unannounced(inputs.postgres, published)))
  problems.push(...outOfOrder(published, inputs.coinLater))
  return problems.map((problem) => ({ invariant: 'I9', problem }))
}

const isDeadLetter = ({ topic }: Delivery) =>
  topic === deadLetterTopic(WALLET_EVENTS) || topic === deadLetterTopic(ACCOUNTING_EVENTS)

const idOf = ({ headers }: Delivery) => headers['ce_id'] ?? ''

/** Everything that was ever owed to the broker, in the order in which it was committed. */
async function readOwed(postgres: Postgres): Promise<OwedEvent[]> {
  const owed = await postgres.execute<OwedEvent>(sql`
    select headers->>'ce_id' as id, topic, key, value from messaging.outbox
    order by transaction_id, messaging.outbox.id`)
  const announced = (await announcements(postgres)).map((message) => ({
    ...message,
    id: message.headers['ce_id'] ?? '',
  }))
  return [...owed, ...announced]
}

/** What the outbox of a topic and the topic itself do not agree on. */
function differences(owed: readonly OwedEvent[], published: readonly Delivery[]): string[] {
  const problems: string[] = []
  const firsts = new Map<string, Delivery>()
  for (const delivery of published) {
    const first = firsts.get(idOf(delivery)) ?? delivery
    firsts.set(idOf(delivery), first)
    if (delivery.value !== first.value || delivery.partition !== first.partition) {
      problems.push(`${idOf(delivery)} was published twice and differently`)
    }
  }
  const wanted = new Map(owed.map((event) => [event.id, event]))
  for (const [id, { value }] of wanted) {
    const first = firsts.get(id)
    if (first === undefined) problems.push(`${id} was never published`)
    else if (first.value !== value) problems.push(`${id} was published as something else`)
  }
  for (const id of firsts.keys()) {
    if (!wanted.has(id)) problems.push(`${id} was published and nobody owed it`)
  }
  const order = (events: Iterable<{ key: string; id: string }>) =>
    Map.groupBy(events, ({ key }) => key)
  const got = order([...firsts].map(([id, { key }]) => ({ id, key })))
  for (const [key, events] of order(wanted.values())) {
    const sequence = (each: readonly { id: string }[]) => each.map(({ id }) => id).join()
    if (sequence(events) !== sequence(got.get(key) ?? [])) {
      problems.push(`the events of ${key} were published in another order than committed`)
    }
  }
  return problems
}

/** Ledger transactions that nobody was told of. */
async function unannounced(postgres: Postgres, published: readonly Delivery[]): Promise<string[]> {
  const told = new Set(
    published
      .filter(({ topic }) => topic === ACCOUNTING_EVENTS)
      .map((delivery) => (JSON.parse(delivery.value) as { transactionId: string }).transactionId),
  )
  const booked = await postgres.execute<{ id: string; reference: string }>(sql`
    select id, reference from ledger.transactions`)
  return booked.flatMap(({ id, reference }) =>
    told.has(id) ? [] : [`the ledger's ${reference} was never announced`],
  )
}

const LANES = ['scan', 'coin'] as const

/** Repeats aside, one owner's deposits go up the chain, and the versions of an account count up. */
function outOfOrder(published: readonly Delivery[], coinLater: boolean): string[] {
  const problems: string[] = []
  const seen = new Set<string>()
  const heights = new Map<string, number>()
  const versions = new Map<string, number>()
  for (const delivery of published.filter((each) => !isDeadLetter(each))) {
    const { topic, key } = delivery
    if (seen.has(`${topic} ${idOf(delivery)}`)) continue
    seen.add(`${topic} ${idOf(delivery)}`)
    const event = readEvent(delivery)
    if (event.type === 'transaction.created') {
      for (const { owner, account, asset, accountVersion } of event.data.entries) {
        if (owner !== key) continue
        const name = `${account} of ${owner} in ${asset}`
        const next = (versions.get(name) ?? 0) + 1
        versions.set(name, accountVersion)
        if (accountVersion !== next) {
          problems.push(`${name} has version ${accountVersion} where ${next} was due`)
        }
      }
    } else if (event.type === 'deposit.reversed') {
      // A reorg: the chain goes on from further down.
      for (const lane of LANES) heights.set(`${lane} ${key}`, 0)
    } else if (event.type === 'deposit.confirmed' || event.type === 'deposit.suspended') {
      const lane = coinLater && !event.data.position.startsWith('log:') ? 'coin' : 'scan'
      const height = heights.get(`${lane} ${key}`) ?? 0
      if (event.data.blockNumber < height) {
        problems.push(`${event.id} of block ${event.data.blockNumber} came after block ${height}`)
      }
      heights.set(`${lane} ${key}`, event.data.blockNumber)
    }
  }
  return problems
}
