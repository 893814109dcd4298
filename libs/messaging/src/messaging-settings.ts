import { z } from 'zod'
import type { MemoryBroker } from './adapters/memory-broker.ts'

const broker = z.enum(['kafka', 'redis'])

/** Settings that say which broker carries the messages, for every app that sends or reads any. */
export const messagingSettings = {
  /** The broker to publish to and to read from. */
  MESSAGING: broker.default('kafka'),
  /** While everything moves from one broker to another: the one it comes from. */
  MESSAGING_BEFORE: broker.optional(),
  /** Comma-separated host:port. */
  KAFKA_BROKERS: z.string().min(1).optional(),
  /** Which client speaks with Kafka. Both may serve one group at the same time. */
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('kafkajs'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  TOPIC_PREFIX: z.string().default(''),
  /** What a broker has not acknowledged within this is published anew, milliseconds. */
  PUBLISH_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(30_000),
  /** How long what was published is kept in the outbox, days: so far back it can be told again. */
  OUTBOX_KEEP_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
}

export type MessagingSettings = z.output<z.ZodObject<typeof messagingSettings>>

/** One broker and how it is spoken with. */
export type BrokerConfig = { topicPrefix?: string; publishTimeoutMs?: number } & (
  | { kind: 'kafka'; client: 'kafkajs' | 'platformatic'; brokers: readonly string[] }
  | { kind: 'redis'; url: string }
  | { kind: 'memory'; broker: MemoryBroker }
)

/** The broker that carries the messages, and during a move the one that did before. */
export type MessagingConfig = BrokerConfig & { before?: BrokerConfig }

/** Refuses a broker that has no address, and a move to where everything is already. */
export function requireBrokers(settings: MessagingSettings, context: z.RefinementCtx): void {
  const { MESSAGING, MESSAGING_BEFORE } = settings
  const refuse = (name: keyof typeof messagingSettings, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message })
  if (MESSAGING === MESSAGING_BEFORE) {
    refuse('MESSAGING_BEFORE', `Expected another broker than MESSAGING, which is ${MESSAGING} too.`)
  }
  for (const kind of [MESSAGING, MESSAGING_BEFORE]) {
    const variable = kind === 'kafka' ? 'KAFKA_BROKERS' : 'REDIS_URL'
    if (kind === undefined || settings[variable] !== undefined) continue
    const example = kind === 'kafka' ? 'host:port,…' : 'redis://host:port'
    refuse(variable, `Expected ${example}, since the messages are to go through ${kind}.`)
  }
}

/** What {@link messagingSettings} ask for, once {@link requireBrokers} has found nothing wrong. */
export function messagingConfig(settings: MessagingSettings): MessagingConfig {
  const { MESSAGING, MESSAGING_BEFORE } = settings
  const current = brokerConfig(MESSAGING, settings)
  return MESSAGING_BEFORE === undefined
    ? current
    : { ...current, before: brokerConfig(MESSAGING_BEFORE, settings) }
}

function brokerConfig(kind: 'kafka' | 'redis', settings: MessagingSettings): BrokerConfig {
  const { TOPIC_PREFIX: topicPrefix, KAFKA_CLIENT: client } = settings
  const shared = { topicPrefix, publishTimeoutMs: settings.PUBLISH_TIMEOUT_MS }
  if (kind === 'redis') return { kind, url: settings.REDIS_URL ?? '', ...shared }
  const brokers = (settings.KAFKA_BROKERS ?? '').split(',').map((broker) => broker.trim())
  return { kind, client, brokers, ...shared }
}
