import type { Message } from '@coffer/events/event'
import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import { handleDeliveries } from '../consume.ts'
import type { BatchHandler } from '../ports.ts'
import {
  type BrokerUnderTest,
  CONTRACT_DEAD_LETTERS,
  CONTRACT_TOPIC,
  readUntil,
} from './messaging-contract.ts'

const KEYS = 6

/** What every adapter promises while members come and go and handlers are slow or fail. */
export function sharingContract(open: () => Promise<BrokerUnderTest>): void {
  test('handles no key twice at a time, and each in order, while members come and go', async () => {
    await using broker = await open()
    const log = handlingLog()
    const stop = new AbortController()
    const members: Promise<void>[] = []
    const join = (name: string, leave: AbortSignal) => {
      const consumer = broker.consumer(reader)
      members.push(consumer.run(log.handlerOf(name), AbortSignal.any([stop.signal, leave])))
    }

    let published = 0
    const publishSome = async () => {
      const messages = Array.from({ length: 30 }, () => numbered(published++))
      await broker.producer.publish(messages)
    }
    const stays = new AbortController()
    join('stays', stays.signal)
    for (let round = 0; round < 4; round += 1) {
      const leaves = new AbortController()
      join(`comes ${round}`, leaves.signal)
      const before = log.handledBy(`comes ${round}`)
      while (log.handledBy(`comes ${round}`) === before) {
        await publishSome()
        if (log.seen() < published) await log.nextPart()
      }
      leaves.abort()
    }
    while (log.seen() < published) await log.nextPart()
    stop.abort()
    await Promise.all(members)

    expect(log.overlaps).toEqual([])
    expect(log.inOrder()).toBe(true)
  })

  test('hands over nothing more while a handler is at work', async () => {
    await using broker = await open()
    await broker.producer.publish(Array.from({ length: 40 }, (_, n) => numbered(n)))
    let running = 0
    let most = 0

    await readUntil(
      broker.consumer(reader),
      (all) => all.length >= 40,
      async () => {
        running += 1
        most = Math.max(most, running)
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
        running -= 1
      },
    )

    expect(most).toBe(1)
  })

  test('sets a poison message aside with its cause, and handles all that come after it', async () => {
    await using broker = await open()
    const messages = Array.from({ length: 12 }, (_, n) => numbered(n))
    await broker.producer.publish(messages)
    const handled: string[] = []
    const handler = handleDeliveries({
      handle: async (deliveries) => {
        if (deliveries.some(({ value }) => value === '3')) throw new Error('no number of ours')
        handled.push(...deliveries.map(({ value }) => value))
      },
      consumer: 'tests',
      deadLetters: broker.producer,
      logger: silentLogger,
      isTransient: () => false,
      backoff: { firstMs: 1, maxMs: 1 },
    })

    await readUntil(broker.consumer(reader), (all) => all.length >= 12, handler)
    const deadLetters = { ...reader, topics: [CONTRACT_DEAD_LETTERS] }
    const [dead] = await readUntil(broker.consumer(deadLetters), (all) => all.length >= 1)

    expect(handled.map(Number).toSorted((a, b) => a - b)).toEqual([
      0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11,
    ])
    expect(dead).toMatchObject({
      value: '3',
      key: messages[3]?.key,
      headers: { coffer_dlq_cause: 'no number of ours', coffer_dlq_topic: CONTRACT_TOPIC },
    })
  })
}

const reader = { group: 'sharers', topics: [CONTRACT_TOPIC], batchSizeMax: 5 }

const numbered = (number: number): Message => ({
  topic: CONTRACT_TOPIC,
  key: `key-${number % KEYS}`,
  headers: { ce_id: `${number}` },
  value: `${number}`,
})

/** Notes who handles what and when. */
function handlingLog() {
  const handling = new Map<string, string>()
  const overlaps: string[] = []
  const firsts = new Map<string, number[]>()
  const seen = new Set<string>()
  const byMember = new Map<string, number>()
  let part = Promise.withResolvers<void>()

  const handlerOf =
    (member: string): BatchHandler =>
    async (deliveries) => {
      const keys = new Set(deliveries.map(({ key }) => key))
      for (const key of keys) {
        const other = handling.get(key)
        if (other !== undefined) overlaps.push(`${key} by ${other} and ${member}`)
        handling.set(key, member)
      }
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
      for (const { key, value } of deliveries) {
        if (!seen.has(value)) firsts.set(key, [...(firsts.get(key) ?? []), Number(value)])
        seen.add(value)
      }
      for (const key of keys) handling.delete(key)
      byMember.set(member, (byMember.get(member) ?? 0) + deliveries.length)
      part.resolve()
      part = Promise.withResolvers()
    }
  return {
    overlaps,
    handlerOf,
    /** Resolves when something more was handled. */
    nextPart: () => part.promise,
    seen: () => seen.size,
    handledBy: (member: string) => byMember.get(member) ?? 0,
    inOrder: () =>
      [...firsts.values()].every(
        (numbers) => numbers.join() === numbers.toSorted((a, b) => a - b).join(),
      ),
  }
}
