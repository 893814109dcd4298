import type { Delivery, TopicLog } from '../ports.ts'
import { rawMessage } from './raw-message.ts'

export type MemoryLogOptions = {
  /** What it holds: of each partition in order. */
  deliveries: readonly Delivery[]
  /** Most that are handed over at once. */
  atOnce?: number
}

/** A log in memory, whose offsets are those of its deliveries. */
export const memoryLog = ({ deliveries, atOnce = 100 }: MemoryLogOptions): TopicLog => ({
  async extents(topic) {
    const ofTopic = deliveries.filter((each) => each.topic === topic)
    return [...Map.groupBy(ofTopic, ({ partition }) => partition)].map(([partition, held]) => ({
      partition,
      first: BigInt(held[0]?.offset ?? 0),
      end: BigInt(held.at(-1)?.offset ?? -1) + 1n,
    }))
  },
  async read(topic, extents, handler) {
    const wanted = deliveries.filter((delivery) => {
      const extent = extents.find(({ partition }) => partition === delivery.partition)
      const offset = BigInt(delivery.offset)
      return delivery.topic === topic && extent && extent.first <= offset && offset < extent.end
    })
    for (let start = 0; start < wanted.length; start += atOnce) {
      const page = wanted.slice(start, start + atOnce)
      await handler({
        tell(visit) {
          for (const each of page) visit(rawMessage(each))
        },
      })
    }
  },
  [Symbol.asyncDispose]: async () => undefined,
})
