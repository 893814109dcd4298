import type { Message } from '@coffer/events/event'
import { deadLetterTopic, type Topic } from '@coffer/events/topics'
import { expect, test } from 'vitest'
import type { Consumer, ConsumerOptions, Delivery, Producer } from '../ports.ts'

/** A broker of one test's own, in which {@link CONTRACT_TOPICS} are empty. */
export type BrokerUnderTest = AsyncDisposable & {
  producer: Producer
  consumer(options: ConsumerOptions): Consumer
}

export const CONTRACT_TOPIC = 'contract'
export const CONTRACT_DEAD_LETTERS = deadLetterTopic(CONTRACT_TOPIC)

/** What there has to be of topics. */
export const CONTRACT_TOPICS: readonly Topic[] = [CONTRACT_TOPIC, CONTRACT_DEAD_LETTERS].map(
  (name) => ({ name, partitions: 3, retentionMs: -1 }),
)

/** What every adapter of the messaging ports promises; run it against each. */
export function messagingContract(open: Open): void {
  promiseOrder(open)
  promiseSharing(open)
  promiseRedelivery(open)
  promiseContent(open)
}

type Open = () => Promise<BrokerUnderTest>

function promiseOrder(open: Open): void {
  test('delivers each message as it was published, in the order of its key', async () => {
    await using broker = await open()
    const messages = numbered(60, (n) => `key-${n % 5}`)

    await broker.producer.publish(messages.slice(0, 25))
    await broker.producer.publish(messages.slice(25))
    const seen = await readUntil(broker.consumer(reader()), (all) => all.length >= 60)

    for (const key of ['key-0', 'key-1', 'key-2', 'key-3', 'key-4']) {
      expect(seen.filter((each) => each.key === key).map(asMessage)).toEqual(
        messages.filter((each) => each.key === key),
      )
    }
  })

  test('keeps a key in one partition, where offsets grow', async () => {
    await using broker = await open()
    await broker.producer.publish(numbered(60, (n) => `key-${n % 12}`))

    const seen = await readUntil(broker.consumer(reader()), (all) => all.length >= 60)

    const byKey = Map.groupBy(seen, ({ key }) => key)
    for (const deliveries of byKey.values()) {
      expect(new Set(deliveries.map(({ partition }) => partition)).size).toBe(1)
      const offsets = deliveries.map(({ offset }) => Number(offset))
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    }
    expect(new Set(seen.map(({ partition }) => partition)).size).toBeGreaterThan(1)
    expect(new Set(seen.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(60)
  })

  test('keeps the order of each key when many publish at once', async () => {
    await using broker = await open()
    const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`)

    await Promise.all(
      keys.map(async (key) => {
        for (const message of numbered(5, () => key)) await broker.producer.publish([message])
      }),
    )
    const seen = await readUntil(broker.consumer(reader()), (all) => all.length >= 100)

    for (const key of keys) {
      const ofKey = seen.filter((each) => each.key === key).map(({ value }) => value)
      expect(ofKey).toEqual(['0', '1', '2', '3', '4'])
    }
  })
}

function promiseSharing(open: Open): void {
  test('gives everything to each of two groups', async () => {
    await using broker = await open()
    const messages = numbered(20, (n) => `key-${n}`)
    await broker.producer.publish(messages)

    const [first, second] = await Promise.all(
      ['first', 'second'].map((group) =>
        readUntil(broker.consumer(reader({ group })), (all) => all.length >= 20),
      ),
    )

    expect(values(first)).toEqual(values(messages))
    expect(values(second)).toEqual(values(messages))
  })

  test('divides the partitions among the members of a group and loses nothing', async () => {
    await using broker = await open()
    const messages = numbered(60, (n) => `key-${n}`)
    const stop = new AbortController()
    const seen: Delivery[] = []
    const members = [1, 2].map(() =>
      broker.consumer(reader()).run(async (deliveries) => {
        seen.push(...deliveries)
        if (new Set(seen.map(({ value }) => value)).size === 60) stop.abort()
      }, stop.signal),
    )

    for (let n = 0; n < 60; n += 10) await broker.producer.publish(messages.slice(n, n + 10))
    await Promise.all(members)

    expect([...new Set(values(seen))]).toEqual(values(messages))
  })

  test('never hands over more than asked for, nor nothing', async () => {
    await using broker = await open()
    await broker.producer.publish(numbered(50, (n) => `key-${n}`))
    const sizes: number[] = []

    await readUntil(
      broker.consumer(reader({ batchSizeMax: 7 })),
      (all) => all.length >= 50,
      async (deliveries) => {
        sizes.push(deliveries.length)
      },
    )

    expect(Math.max(...sizes)).toBeLessThanOrEqual(7)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1)
  })
}

function promiseRedelivery(open: Open): void {
  test('delivers again what a handler threw on, and skips none of it', async () => {
    await using broker = await open()
    const messages = numbered(30, (n) => `key-${n % 3}`)
    await broker.producer.publish(messages)
    let failures = 0

    const seen = await readUntil(
      broker.consumer(reader({ batchSizeMax: 10 })),
      (all) => all.length >= 30,
      async () => {
        failures += 1
        if (failures % 2 === 1) throw new Error('not this time')
      },
    )

    expect(failures).toBeGreaterThan(1)
    for (const key of ['key-0', 'key-1', 'key-2']) {
      const ofKey = (all: readonly Message[]) =>
        all.filter((each) => each.key === key).map(({ value }) => value)
      expect(ofKey(seen)).toEqual(ofKey(messages))
    }
  })

  test('goes on after a stop from what was handled, without gap or repeat', async () => {
    await using broker = await open()
    const messages = numbered(40, (n) => `key-${n}`)
    await broker.producer.publish(messages)

    const consumer = broker.consumer(reader({ batchSizeMax: 5 }))
    const before = await readUntil(consumer, (all) => all.length >= 15)
    const after = await readUntil(consumer, (all) => all.length >= 40 - before.length)

    expect(before.length).toBeLessThan(40)
    expect(values([...before, ...after])).toEqual(values(messages))
  })

  test('delivers again what was in hand when a consumer stopped before it was handled', async () => {
    await using broker = await open()
    await broker.producer.publish(numbered(5, () => 'key'))
    const stop = new AbortController()
    const consumer = broker.consumer(reader())

    await consumer.run(async () => {
      stop.abort()
      throw new Error('stopped in the middle')
    }, stop.signal)
    const seen = await readUntil(consumer, (all) => all.length >= 5)

    expect(seen.map(({ value }) => value)).toEqual(['0', '1', '2', '3', '4'])
  })
}

function promiseContent(open: Open): void {
  test('carries a message of 900 KB', async () => {
    await using broker = await open()
    const value = 'é'.repeat(450_000)
    await broker.producer.publish([{ topic: CONTRACT_TOPIC, key: 'large', headers: {}, value }])

    const [delivery] = await readUntil(broker.consumer(reader()), (all) => all.length >= 1)

    expect(delivery?.value === value).toBe(true)
  })

  test('carries many large messages published at once', async () => {
    await using broker = await open()
    const value = 'x'.repeat(300_000)
    const messages = numbered(8, () => 'one key').map(({ value: number, ...rest }) => ({
      ...rest,
      value: `${number}${value}`,
    }))

    await broker.producer.publish(messages)
    const seen = await readUntil(broker.consumer(reader()), (all) => all.length >= 8)

    expect(seen.map((each) => each.value[0])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
  })

  test('carries headers and values in any language, and empty ones', async () => {
    await using broker = await open()
    const message = {
      topic: CONTRACT_TOPIC,
      key: 'ключ-🔑',
      headers: { ce_id: 'eip155:1:0xab:log:0', note: 'Überweisung ✓ 汉字', empty: '' },
      value: '',
    }
    await broker.producer.publish([message])

    const [delivery] = await readUntil(broker.consumer(reader()), (all) => all.length >= 1)

    expect(asMessage(delivery as Delivery)).toEqual(message)
  })

  test('publishes nothing when given nothing', async () => {
    await using broker = await open()

    await broker.producer.publish([])
    await broker.producer.publish(numbered(1, () => 'key'))

    const seen = await readUntil(broker.consumer(reader()), (all) => all.length >= 1)
    expect(seen.map(({ value, offset }) => ({ value, offset }))).toEqual([
      { value: '0', offset: '0' },
    ])
  })
}

const reader = (options: Partial<ConsumerOptions> = {}): ConsumerOptions => ({
  group: 'readers',
  topics: [CONTRACT_TOPIC],
  batchSizeMax: 100,
  ...options,
})

/** `count` messages whose value is their number. */
const numbered = (count: number, keyOf: (number: number) => string): Message[] =>
  Array.from({ length: count }, (_, number) => ({
    topic: CONTRACT_TOPIC,
    key: keyOf(number),
    headers: { ce_id: `${number}` },
    value: `${number}`,
  }))

const asMessage = ({ topic, key, headers, value }: Delivery): Message => ({
  topic,
  key,
  headers,
  value,
})

const values = (messages: readonly Message[] = []): string[] =>
  messages.map(({ value }) => value).toSorted((a, b) => Number(a) - Number(b))

/** Runs `consumer` until what it has handled is enough, then stops it; returns all it handled. */
export async function readUntil(
  consumer: Consumer,
  isEnough: (handled: readonly Delivery[]) => boolean,
  handle: (deliveries: readonly Delivery[]) => Promise<void> = async () => undefined,
): Promise<Delivery[]> {
  const stop = new AbortController()
  const handled: Delivery[] = []
  await consumer.run(async (deliveries) => {
    await handle(deliveries)
    handled.push(...deliveries)
    if (isEnough(handled)) stop.abort()
  }, stop.signal)
  return handled
}
