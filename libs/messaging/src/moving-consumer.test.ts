import type { Message } from '@coffer/events/event'
import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import { memoryBroker } from './adapters/memory-broker.ts'
import { openMessaging } from './open-messaging.ts'
import type { BatchHandler } from './ports.ts'

const reader = { group: 'readers', topics: ['events'], batchSizeMax: 10 }
const message = (value: string, key = 'alice'): Message => ({
  topic: 'events',
  key,
  headers: {},
  value,
})

/** Two brokers, and a reader that moves from the first to the second. */
async function move() {
  const [old, next] = [memoryBroker(), memoryBroker()]
  const { consumer, broker } = await openMessaging({
    ...{ kind: 'memory', broker: next, before: { kind: 'memory', broker: old } },
    ...{ clientId: 'test', logger: silentLogger },
  })
  const stop = new AbortController()
  const read = (handler: BatchHandler) => consumer(reader).run(handler, stop.signal)
  return { old, next, broker, read, stop }
}

test('handles what came to the new broker only when the old one has nothing more', async () => {
  const { old, next, read, stop } = await move()
  await next.producer().publish([message('3'), message('4')])
  await old.producer().publish([message('1')])
  await old.producer().publish([message('2')])
  const seen: string[] = []
  let attempts = 0

  await read(async (deliveries) => {
    attempts += 1
    // What is in hand is not handled yet.
    if (attempts === 1) throw new Error('not this time')
    seen.push(...deliveries.map(({ value }) => value))
    if (seen.length === 4) stop.abort()
  })

  expect(seen).toEqual(['1', '2', '3', '4'])
  expect(attempts).toBeGreaterThan(2)
})

test('goes on with the old broker as long as that is published to', async () => {
  const { old, next, read, stop } = await move()
  const seen: string[] = []

  const reading = read(async (deliveries) => {
    seen.push(...deliveries.map(({ value }) => value))
    if (seen.at(-1) === '1') await old.producer().publish([message('2')])
    if (seen.at(-1) === '2') await next.producer().publish([message('3')])
    if (seen.at(-1) === '3') stop.abort()
  })
  await old.producer().publish([message('1')])
  await reading

  expect(seen).toEqual(['1', '2', '3'])
})

test('waits for what another member of the group has in hand of the old broker', async () => {
  const { old, next, read, stop } = await move()
  await old.producer().publish([message('1')])
  const inHand = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const seen: string[] = []
  const other = old.consumer(reader).run(async (deliveries) => {
    inHand.resolve()
    await goOn.promise
    seen.push(...deliveries.map(({ value }) => value))
  }, stop.signal)
  await inHand.promise
  await next.producer().publish([message('2')])

  const reading = read(async (deliveries) => {
    seen.push(...deliveries.map(({ value }) => value))
    if (seen.includes('2')) stop.abort()
  })
  goOn.resolve()
  await Promise.all([other, reading])

  expect(seen).toEqual(['1', '2'])
})
