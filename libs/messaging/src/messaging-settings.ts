import { z } from 'zod'

/** Settings that say which broker carries the messages, for every app that sends or reads any. */
export const messagingSettings = {
  /** Comma-separated host:port. */
  KAFKA_BROKERS: z.string().min(1),
  /** Which client speaks with Kafka. Both may serve one group at the same time. */
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('kafkajs'),
  TOPIC_PREFIX: z.string().default(''),
}

/** One broker and how it is spoken with. */
export type MessagingConfig = {
  kind: 'kafka'
  client: 'kafkajs' | 'platformatic'
  brokers: readonly string[]
  /** Put before the names of topics and groups, so that tests can share a broker. */
  topicPrefix: string
}

type Settings = z.output<z.ZodObject<typeof messagingSettings>>

/** What {@link messagingSettings} ask for. */
export const messagingConfig = (settings: Settings): MessagingConfig => ({
  kind: 'kafka',
  client: settings.KAFKA_CLIENT,
  brokers: settings.KAFKA_BROKERS.split(',').map((broker) => broker.trim()),
  topicPrefix: settings.TOPIC_PREFIX,
})
