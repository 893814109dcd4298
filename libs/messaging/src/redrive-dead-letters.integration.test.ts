import { silentLogger } from '@coffer/telemetry/logger'
import { testDatabase } from '@coffer/testkit/test-database'
import { expect, test } from 'vitest'
import { memoryBroker } from './adapters/memory-broker.ts'
import { postgresLetterStates } from './adapters/postgres-letter-states.ts'
import { handleDeliveries } from './consume.ts'
import { findDeadLetter, listDeadLetters } from './list-dead-letters.ts'
import { messagingMigrations } from './migrations.ts'
import type { Delivery } from './ports.ts'
import { type RedriveRequest, redriveDeadLetters } from './redrive-dead-letters.ts'

const TOPIC = 'wallet.events'
const DLQ = 'wallet.events.dlq'

/** Dead letters of a consumer that cannot handle what is in `poison`, and what sees to them. */
async function room({ partitions = 1 } = {}) {
  const database = await testDatabase([messagingMigrations])
  const broker = memoryBroker({ partitions })
  const states = postgresLetterStates(database.postgres)
  const poison = new Set<string>()
  const booked: string[] = []
  const consume = handleDeliveries({
    consumer: 'accounts',
    deadLetters: broker.producer(),
    redrives: states,
    logger: silentLogger,
    isTransient: () => false,
    attempts: 1,
    handle: async (deliveries) => {
      if (deliveries.some(({ value }) => poison.has(value))) throw new Error('cannot be booked')
      booked.push(...deliveries.map(({ value }) => value))
    },
  })
  const box = { log: broker.log, states }
  const redrive = redriveDeadLetters({ ...box, producer: broker.producer() })
  const list = listDeadLetters(box)
  return {
    ...{ broker, states, poison, booked, list, find: findDeadLetter(box) },
    /** Reads all that was published to the topic since the last call. */
    consumeNew: async () => {
      const seen = broker.messages(TOPIC).filter((each) => !done.has(each))
      for (const each of seen) done.add(each)
      await consume(seen)
    },
    publish: (values: readonly string[], key = 'alice') =>
      broker
        .producer()
        .publish(values.map((value) => ({ topic: TOPIC, key, headers: { ce_id: value }, value }))),
    redrive: (request: Partial<RedriveRequest> = {}) =>
      redrive({
        ...{ topic: DLQ, which: 'all', until: new Date(), isDryRun: false, again: false },
        ...request,
      }),
    stateOf: async () => {
      const { items } = await list({ topic: DLQ, limit: 100 })
      return items.map(({ message, state }) => `${message.value} ${state}`)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const done = new WeakSet<Delivery>()

/** A room in which these were given up. */
async function buried(values: readonly string[], options: { partitions?: number } = {}) {
  const found = await room(options)
  for (const value of values) found.poison.add(value)
  await found.publish(values)
  await found.consumeNew()
  return found
}

test('what was redriven and handled stays visible, and is not redriven again', async () => {
  await using it = await buried(['credit'])
  it.poison.clear()

  const before = await it.stateOf()
  const first = await it.redrive()
  const between = await it.stateOf()
  const second = await it.redrive()
  await it.consumeNew()

  expect([before, between]).toEqual([['credit pending'], ['credit redriven']])
  expect([first.ids, second.ids]).toEqual([[`${DLQ}:0:0`], []])
  expect(await it.stateOf()).toEqual(['credit handled'])
  expect(it.booked).toEqual(['credit'])
  expect(it.broker.messages(TOPIC).at(-1)).toMatchObject({
    key: 'alice',
    headers: {
      ce_id: 'credit',
      coffer_redrive_of: `${DLQ}:0:0`,
      coffer_redrive_for: 'accounts',
    },
  })
})

test('what is given up once more is a new dead letter that says which it was', async () => {
  await using it = await buried(['credit'])

  await it.redrive()
  await it.consumeNew()
  const returned = await it.find(`${DLQ}:0:1`)
  const again = await it.redrive()

  expect(await it.stateOf()).toEqual(['credit returned', 'credit redriven'])
  expect(returned).toMatchObject({
    state: 'pending',
    redriveOf: `${DLQ}:0:0`,
    consumer: 'accounts',
  })
  expect(again.ids).toEqual([`${DLQ}:0:1`])
})

test('a redrive takes along what waits of the same owner, in its order, and nobody else’s', async () => {
  await using it = await buried(['credit', 'reversal'])
  it.poison.add('of bob')
  await it.publish(['of bob'], 'bob')
  await it.consumeNew()
  it.poison.clear()

  const { ids } = await it.redrive({ which: { ids: [`${DLQ}:0:1`] } })
  await it.consumeNew()

  expect(ids).toEqual([`${DLQ}:0:0`, `${DLQ}:0:1`])
  expect(it.booked).toEqual(['credit', 'reversal'])
  expect(await it.stateOf()).toEqual(['credit handled', 'reversal handled', 'of bob pending'])
})

test('a dry run tells what would be redriven and does nothing', async () => {
  await using it = await buried(['credit'])
  const published = it.broker.messages(TOPIC).length

  const { ids } = await it.redrive({ isDryRun: true })

  expect(ids).toEqual([`${DLQ}:0:0`])
  expect(await it.stateOf()).toEqual(['credit pending'])
  expect(it.broker.messages(TOPIC)).toHaveLength(published)
})

test('what nothing was heard of since is redriven again where that is asked for', async () => {
  await using it = await buried(['credit'])
  await it.redrive()

  const plain = await it.redrive()
  const again = await it.redrive({ again: true })

  expect([plain.ids, again.ids]).toEqual([[], [`${DLQ}:0:0`]])
})

test('when the broker acknowledges nothing, everything still waits', async () => {
  await using it = await buried(['credit'])
  const away = { publish: () => Promise.reject(new Error('away')) }
  const redrive = redriveDeadLetters({ log: it.broker.log, states: it.states, producer: away })
  const all = { topic: DLQ, which: 'all' as const, isDryRun: false, again: false }

  await expect(redrive({ ...all, until: new Date() })).rejects.toThrow('away')

  expect(await it.stateOf()).toEqual(['credit pending'])
})

test('what came after the moment that is named is left, so that a redrive ends', async () => {
  await using it = await buried(['credit'])

  const { ids } = await it.redrive({ until: new Date(0) })

  expect(ids).toEqual([])
})

test('what was noted of a place before the letter came there is of another letter', async () => {
  await using it = await room()
  await it.states.discarded([`${DLQ}:0:0`], 'of a topic that was deleted')
  it.poison.add('credit')

  await it.publish(['credit'])
  await it.consumeNew()

  expect(await it.stateOf()).toEqual(['credit pending'])
})

test('what is discarded stays visible with its reason, and is never redriven', async () => {
  await using it = await buried(['garbage', 'credit'])
  const id = `${DLQ}:0:0`

  const discarded = await it.states.discarded([id, id], 'a test of ours')
  const again = await it.states.discarded([id], 'another')
  const { ids } = await it.redrive()

  expect([discarded, again]).toEqual([[id], []])
  expect(await it.find(id)).toMatchObject({ state: 'discarded', reason: 'a test of ours' })
  expect(ids).toEqual([`${DLQ}:0:1`])
})

test('large topics are paged: each letter is shown once, and redriven once', async () => {
  const values = Array.from({ length: 1_203 }, (_, n) => `${n}`)
  await using it = await room({ partitions: 3 })
  for (const value of values) it.poison.add(value)
  for (const [n, value] of values.entries()) await it.publish([value], `key-${n % 9}`)
  await it.consumeNew()

  const first = await it.list({ topic: DLQ, limit: 1_000 })
  const rest = await it.list({ topic: DLQ, limit: 1_000, from: first.next })
  const until = new Date()
  const redriven = await it.redrive({ until })
  const others = await it.redrive({ until, from: redriven.next })

  const seen = [...first.items, ...rest.items].map(({ message }) => Number(message.value))
  expect([first.items.length, rest.items.length, rest.next]).toEqual([1_000, 203, undefined])
  expect(seen.toSorted((a, b) => a - b)).toEqual(values.map(Number))
  expect([redriven.ids.length, others.ids.length, others.next]).toEqual([1_000, 203, undefined])
})

test('lists by state, key and code, and counts what nobody has to see to any more', async () => {
  await using it = await buried(['credit', 'garbage'])
  await it.states.discarded([`${DLQ}:0:1`], 'garbage')

  const waiting = await it.list({ topic: DLQ, limit: 10, state: 'pending' })
  const nobodys = await it.list({ topic: DLQ, limit: 10, key: 'bob' })
  const coded = await it.list({ topic: DLQ, limit: 10, code: 'UNEXPECTED' })

  expect(waiting.items.map(({ message }) => message.value)).toEqual(['credit'])
  expect([nobodys.items.length, coded.items.length]).toEqual([0, 2])
  expect(await it.states.settled(DLQ, await it.broker.log.extents(DLQ))).toBe(1)
})

test.each(['wallet.events:0:1', `${DLQ}:0`, `${DLQ}:0:5-2`, 'garbage'])(
  'refuses %j as the id of a dead letter',
  async (id) => {
    await using it = await room()

    await expect(it.find(id)).rejects.toThrow(/names no dead letter/)
    await expect(it.find(`${DLQ}:0:7`)).rejects.toThrow(/There is no dead letter/)
  },
)
