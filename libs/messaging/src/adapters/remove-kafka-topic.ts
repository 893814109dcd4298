import { silentLogger } from '@coffer/telemetry/logger'
import { kafkaClient } from './kafka-client.ts'

export type RemoveKafkaTopicOptions = {
  brokers: readonly string[]
  topic: string
  topicPrefix?: string
}

/** Removes a topic with all that it holds, and a group of its name, which read nothing else. */
export async function removeKafkaTopic(options: RemoveKafkaTopicOptions): Promise<void> {
  const { brokers, topicPrefix = '' } = options
  const name = topicPrefix + options.topic
  const { kafka, cut } = kafkaClient({ brokers, clientId: 'coffer-topics', logger: silentLogger })
  const admin = kafka.admin()
  try {
    await admin.connect()
    await admin.deleteTopics({ topics: [name] })
    // A broker forgets a group that nobody belongs to by itself, only later.
    await admin.deleteGroups([name]).catch(() => undefined)
  } finally {
    cut()
  }
}
