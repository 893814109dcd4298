import { AppError } from '@coffer/errors/app-error'
import { EventFormatError } from '@coffer/events/event'
import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import { memoryBroker } from './adapters/memory-broker.ts'
import { type HandleDeliveriesOptions, handleDeliveries } from './consume.ts'
import type { Delivery, Producer } from './ports.ts'
import { readUntil } from './testing/messaging-contract.ts'

class DatabaseAway extends Error {}

class NodeBehindError extends AppError {
  readonly code = 'NODE_BEHIND'

  constructor() {
    super('The node is behind.', { retry: 'retry' })
  }
}

const TOPIC = 'wallet.events'
const DLQ = 'wallet.events.dlq'

const delivery = (value: string, key = 'alice'): Delivery => ({
  topic: TOPIC,
  key,
  headers: { ce_id: value },
  value,
  partition: 1,
  offset: '7',
})

/** A policy over `handle` whose dead letters are in `broker`. */
function policyOver(
  handle: HandleDeliveriesOptions['handle'],
  options: Partial<HandleDeliveriesOptions> = {},
) {
  const broker = memoryBroker()
  const policy = handleDeliveries({
    handle,
    consumer: 'accounts',
    deadLetters: broker.producer(),
    logger: silentLogger,
    isTransient: (error) => error instanceof DatabaseAway,
    backoff: { firstMs: 1, maxMs: 2 },
    ...options,
  })
  return { broker, policy }
}

/** Handles all or nothing, and never anything with a value in `poison`. */
function allOrNothing(poison: readonly string[], error: unknown = new Error('cannot handle this')) {
  const handled: string[] = []
  const calls: string[][] = []
  const handle = async (deliveries: readonly Delivery[]) => {
    const values = deliveries.map(({ value }) => value)
    calls.push(values)
    if (values.some((value) => poison.includes(value))) throw error
    handled.push(...values)
  }
  return { handle, handled, calls }
}

test('hands over a batch that succeeds once and whole', async () => {
  const { handle, calls } = allOrNothing([])
  const { policy } = policyOver(handle)

  await policy([delivery('a'), delivery('b')])

  expect(calls).toEqual([['a', 'b']])
})

test('isolates the poison and handles all others in their order', async () => {
  const values = Array.from({ length: 33 }, (_, n) => `${n}`)
  const { handle, handled } = allOrNothing(['4', '5', '32'])
  const { broker, policy } = policyOver(handle)

  await policy(values.map((value) => delivery(value)))

  expect(handled).toEqual(values.filter((value) => !['4', '5', '32'].includes(value)))
  expect(broker.messages(DLQ).map(({ value }) => value)).toEqual(['4', '5', '32'])
})

test('buries the message as it came, with the reason and the place in its headers', async () => {
  const { handle } = allOrNothing(['bad'], new Error('outer', { cause: new Error('inner') }))
  const told: string[] = []
  const { broker, policy } = policyOver(handle, {
    onDeadLetter: ({ value }) => told.push(value),
  })

  await policy([delivery('bad', 'bob')])

  const [dead] = broker.messages(DLQ)
  expect(dead).toMatchObject({
    key: 'bob',
    value: 'bad',
    headers: {
      ce_id: 'bad',
      coffer_dlq_cause: 'outer: inner',
      coffer_dlq_code: 'UNEXPECTED',
      coffer_dlq_attempts: '3',
      coffer_dlq_consumer: 'accounts',
      coffer_dlq_topic: TOPIC,
      coffer_dlq_partition: '1',
      coffer_dlq_offset: '7',
    },
  })
  expect(new Date(dead?.headers.coffer_dlq_at ?? '').getTime()).not.toBeNaN()
  expect(told).toEqual(['bad'])
})

test('tries a message that fails alone as often as told before it gives up', async () => {
  const { handle, calls } = allOrNothing(['bad'])
  const { policy } = policyOver(handle, { attempts: 4 })

  await policy([delivery('bad')])

  expect(calls).toEqual([['bad'], ['bad'], ['bad'], ['bad']])
})

test('keeps a message that succeeds at a later attempt from the dead letters', async () => {
  let failures = 2
  const { broker, policy } = policyOver(async () => {
    failures -= 1
    if (failures >= 0) throw new Error('not yet')
  })

  await policy([delivery('a')])

  expect(broker.messages(DLQ)).toEqual([])
})

test('buries at once what an error says can never succeed', async () => {
  const { handle, calls } = allOrNothing(['bad'], new EventFormatError('it is not'))
  const { broker, policy } = policyOver(handle)

  await policy([delivery('bad')])

  expect(calls).toEqual([['bad']])
  expect(broker.messages(DLQ)[0]?.headers).toMatchObject({
    coffer_dlq_code: 'EVENT_FORMAT',
    coffer_dlq_attempts: '1',
  })
})

test.each([
  ['a transient failure', new DatabaseAway()],
  ['an error of ours that says retry', new NodeBehindError()],
  ['one that is the cause of another', new Error('wrapped', { cause: new NodeBehindError() })],
])('throws on %s and buries nothing', async (_, outage) => {
  const { handle, calls } = allOrNothing(['a', 'b'], outage)
  const { broker, policy } = policyOver(handle)

  for (let redelivery = 0; redelivery < 5; redelivery += 1) {
    await expect(policy([delivery('a'), delivery('b')])).rejects.toBe(outage)
  }

  expect(calls).toEqual(Array(5).fill(['a', 'b']))
  expect(broker.messages(DLQ)).toEqual([])
})

test('throws when an outage begins while the poison is being isolated', async () => {
  const outage = new DatabaseAway()
  const { broker, policy } = policyOver(async (deliveries) => {
    throw deliveries.length > 1 ? new Error('poison somewhere') : outage
  })

  await expect(policy([delivery('a'), delivery('b')])).rejects.toBe(outage)

  expect(broker.messages(DLQ)).toEqual([])
})

test('throws when an outage begins while a message that failed is tried again', async () => {
  const outage = new DatabaseAway()
  let calls = 0
  const { broker, policy } = policyOver(async () => {
    calls += 1
    throw calls === 1 ? new Error('not yet') : outage
  })

  await expect(policy([delivery('a')])).rejects.toBe(outage)

  expect(calls).toBe(2)
  expect(broker.messages(DLQ)).toEqual([])
})

test('throws when the dead letter cannot be published', async () => {
  const away: Producer = {
    publish: () => Promise.reject(new Error('broker away')),
    async [Symbol.asyncDispose]() {},
  }
  const { handle } = allOrNothing(['bad'])
  const { policy } = policyOver(handle, { deadLetters: away })

  await expect(policy([delivery('bad')])).rejects.toThrow('broker away')
})

/** A delivery as a redrive publishes it. */
const redriven = (value: string, letter: string, consumer = 'accounts'): Delivery => ({
  ...delivery(value),
  headers: { ce_id: value, coffer_redrive_of: letter, coffer_redrive_for: consumer },
})

/** Notes what it is told of redriven dead letters. */
function outcomes() {
  const told: string[] = []
  return {
    told,
    handled: async (ids: readonly string[]) => void told.push(`handled ${ids.join(' ')}`),
    returned: async (id: string) => void told.push(`returned ${id}`),
  }
}

test('tells of redriven messages whether they were handled or given up once more', async () => {
  const { handle } = allOrNothing(['bad'])
  const redrives = outcomes()
  const { broker, policy } = policyOver(handle, { redrives })

  await policy([redriven('good', `${DLQ}:1:7`), redriven('bad', `${DLQ}:1:8`), delivery('new')])

  expect(redrives.told.toSorted()).toEqual([`handled ${DLQ}:1:7`, `returned ${DLQ}:1:8`])
  expect(broker.messages(DLQ)[0]?.headers).toMatchObject({ coffer_redrive_of: `${DLQ}:1:8` })
})

test('tells nothing of what was redriven for another consumer', async () => {
  const { handle } = allOrNothing(['bad'])
  const redrives = outcomes()
  const { policy } = policyOver(handle, { redrives })

  await policy([redriven('good', `${DLQ}:1:7`, 'payments'), redriven('bad', `${DLQ}:1:8`, 'x')])

  expect(redrives.told).toEqual([])
})

test('lets a consumer pass the poison, through an outage, and lose no other message', async () => {
  const broker = memoryBroker({ partitions: 2 })
  const producer = broker.producer()
  const values = Array.from({ length: 40 }, (_, n) => `${n}`)
  await producer.publish(
    values.map((value) => ({ topic: TOPIC, key: `${Number(value) % 4}`, headers: {}, value })),
  )
  let outages = 6
  const handled = new Set<string>()
  const policy = handleDeliveries({
    handle: async (deliveries) => {
      if (deliveries.some(({ value }) => value === '13')) throw new Error('unlucky')
      outages -= 1
      if (outages >= 0) throw new DatabaseAway()
      for (const { value } of deliveries) handled.add(value)
    },
    consumer: 'accounts',
    deadLetters: producer,
    logger: silentLogger,
    isTransient: (error) => error instanceof DatabaseAway,
    backoff: { firstMs: 1, maxMs: 2 },
  })

  await readUntil(
    broker.consumer({ group: 'accounts', topics: [TOPIC], batchSizeMax: 16 }),
    () => handled.size >= 39 && broker.messages(DLQ).length > 0,
    policy,
  )

  expect([...handled].sort()).toEqual(values.filter((value) => value !== '13').sort())
  expect(new Set(broker.messages(DLQ).map(({ value }) => value))).toEqual(new Set(['13']))
})
