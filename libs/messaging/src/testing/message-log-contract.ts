import { expect, test } from 'vitest'
import type { MessageLog, Producer } from '../ports.ts'

/** A broker of one test's own, in which {@link LOG_TOPIC} is empty and has 3 partitions. */
type LogUnderTest = AsyncDisposable & { producer: Producer; log: MessageLog }

export const LOG_TOPIC = 'shown'

/** What every adapter of the port {@link MessageLog} promises; run it against each. */
export function messageLogContract(open: () => Promise<LogUnderTest>): void {
  const messages = Array.from({ length: 40 }, (_, n) => ({
    topic: LOG_TOPIC,
    key: `key-${n % 7}`,
    headers: { number: `${n}` },
    value: `value ${n}`,
  }))

  test('tells of an empty topic that nothing is in its partitions', async () => {
    await using broker = await open()

    const extents = await broker.log.extents(LOG_TOPIC)

    expect(extents).toEqual([0, 1, 2].map((partition) => ({ partition, first: 0n, end: 0n })))
  })

  test('shows each message once, from any offset on', async () => {
    await using broker = await open()
    await broker.producer.publish(messages.slice(0, 30))
    await broker.producer.publish(messages.slice(30))

    const seen: string[] = []
    for (const { partition, first, end } of await broker.log.extents(LOG_TOPIC)) {
      for (let from = first; from < end; ) {
        const read = await broker.log.read({ topic: LOG_TOPIC, partition, from, max: 4 })
        expect(read.length).toBeLessThanOrEqual(4)
        expect(read[0]).toMatchObject({ topic: LOG_TOPIC, partition, offset: `${from}` })
        seen.push(...read.map(({ key, headers, value }) => `${key} ${headers['number']} ${value}`))
        from += BigInt(read.length)
      }
    }

    const sent = messages.map(({ key, headers, value }) => `${key} ${headers.number} ${value}`)
    expect(seen.toSorted()).toEqual(sent.toSorted())
  })
}
