import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import { postgresShadow } from '@coffer/ledger/postgres-shadow'
import { rebuildLedger } from '@coffer/ledger/rebuild-ledger'
import { publishedLog } from '@coffer/ledger/testing/rebuild-under-test'
import { kafkaTopicLog } from '@coffer/messaging/kafka-topic-log'
import type { MessagingConfig } from '@coffer/messaging/messaging-settings'
import type { TopicLog } from '@coffer/messaging/ports'
import { memoryLog } from '@coffer/messaging/testing/memory-log'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import type { Violation } from './invariants.ts'
import { readTopics } from './read-topics.ts'

/**
 * I1 and I2 by another way: replays the log of all that was booked, from its beginning, beside the
 * ledger, and tells every difference between the two and everything that the log lacks.
 */
export async function replayViolations(postgres: Postgres, log: TopicLog): Promise<Violation[]> {
  const report = await rebuildLedger({ log, shadow: postgresShadow(postgres) })()
  const { problems, differences, differencesCount, unpublished, isEqual } = report
  const found = [...problems, ...differences].map(
    ({ subject, problem }) => `${subject}: ${problem}`,
  )
  if (unpublished > 0) found.push(`${unpublished} transactions are not in the log`)
  if (!isEqual && found.length === 0) found.push(`${differencesCount} differences`)
  return found.map((problem) => ({ invariant: REPLAY, problem }))
}

/** What the broker holds of `accounting.events`, as an operator's rebuild reads it. */
export async function brokerLog(messaging: MessagingConfig): Promise<TopicLog> {
  if (messaging.kind === 'kafka' && messaging.before === undefined) {
    return kafkaTopicLog({ ...messaging, clientId: 'replay', logger: silentLogger })
  }
  return memoryLog({ deliveries: await readTopics(messaging, [ACCOUNTING_EVENTS]) })
}

/** The log of a ledger that nobody publishes: what its relay would. */
export const unsentLog = async (postgres: Postgres): Promise<TopicLog> =>
  memoryLog({ deliveries: await publishedLog(postgres) })

const REPLAY = 'replay'
