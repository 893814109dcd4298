import { withAdmin } from './kafka-admin.ts'
import { waitFor } from './wait-for.ts'

/**
 * Waits until the leader of every partition of these topics answers: a broker that is named as
 * leader may not know it yet, and refuses what is sent meanwhile.
 */
export async function awaitLeaders(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<void> {
  await withAdmin(brokers, (admin) => {
    const answer = async () => {
      for (const topic of topics) await admin.fetchTopicOffsets(topic)
      return true
    }
    return waitFor(answer, { what: 'the leaders of new topics to answer' })
  })
}
