import { type ReadEvent, readEvent } from '@coffer/events/event'
import type { Delivery, TopicLog } from '@coffer/messaging/ports'
import { deliveryOf } from '@coffer/messaging/raw-message'
import type { StatisticsComparison, StatisticsShadow } from '../ports.ts'
import { countEvents } from './count-events.ts'

export type RebuildStatisticsOptions = {
  log: Pick<TopicLog, 'extents' | 'read'>
  topics: readonly string[]
  shadow: StatisticsShadow
  onProgress?: (progress: { topic: string; events: number }) => void
}

/**
 * Counts all that the log holds a second time, beside the statistics in use, and compares: every
 * noun, and every total. What comes meanwhile is no difference.
 */
export const rebuildStatistics =
  ({ log, topics, shadow, onProgress }: RebuildStatisticsOptions) =>
  async (): Promise<StatisticsComparison> => {
    await shadow.begin()
    try {
      const count = countEvents(shadow.statistics)
      let events = 0
      for (const topic of topics) {
        await log.read(topic, await log.extents(topic), async (page) => {
          const deliveries: Delivery[] = []
          page.tell((message) => deliveries.push(deliveryOf(message, topic)))
          await count(deliveries.flatMap(eventIn))
          events += deliveries.length
          onProgress?.({ topic, events })
        })
      }
      return await shadow.compare()
    } finally {
      await shadow.end()
    }
  }

/** What is no event is among the dead letters, and was counted by nobody. */
function eventIn(delivery: Delivery): ReadEvent[] {
  try {
    return [readEvent(delivery)]
  } catch {
    return []
  }
}
