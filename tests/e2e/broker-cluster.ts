import { withAdmin } from '@coffer/testkit/kafka-admin'
import { waitFor } from '@coffer/testkit/wait-for'
import type { CofferUnderTest } from './coffer-under-test.ts'

type Place = { topic: string; partition: number }

/** The brokers of a Coffer under test, by their node ids, and what they say of themselves. */
export function brokerCluster({ coffer }: Pick<CofferUnderTest, 'coffer'>) {
  const { stack, urls } = coffer
  const urlOf = (id: number) => urls.KAFKA_BROKERS.split(',')[id - 1] as string
  const one = (id: number) => {
    const broker = stack.brokers[id - 1]
    if (broker === undefined) throw new Error(`Expected a broker ${id}, there is none.`)
    return broker
  }
  const partitionsOf = (topic: string, asked: number) =>
    withAdmin([urlOf(asked)], async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      return topics.flatMap(({ partitions }) => partitions)
    })
  const leaderOf = async ({ topic, partition }: Place, asked: number) => {
    const found = await partitionsOf(topic, asked)
    return found.find(({ partitionId }) => partitionId === partition)?.leader ?? 0
  }
  return {
    one,
    partitionsOf,
    /** Which broker leads, as the broker `asked` knows. */
    leaderOf,
    /** Waits until a partition is led by one who is not gone. */
    async newLeaderOf(place: Place, { gone, asked }: { gone: number; asked: number }) {
      const elected = async () => {
        const leader = await leaderOf(place, asked)
        return leader > 0 && leader !== gone ? leader : undefined
      }
      return await waitFor(elected, { what: 'a new leader', timeoutMs: 60_000 })
    },
    /** Waits until every broker has all that there is of `topic`. */
    async wholeAgain(topic: string): Promise<void> {
      const isWhole = async () => {
        const found = await partitionsOf(topic, 1)
        return found.length > 0 && found.every(({ isr }) => isr.length === stack.brokers.length)
      }
      await waitFor(isWhole, { what: 'every broker to have caught up', timeoutMs: 90_000 })
    },
  }
}
