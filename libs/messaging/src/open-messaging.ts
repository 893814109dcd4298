import type { Logger } from '@coffer/telemetry/logger'
import type { BrokerConfig, MessagingConfig } from './messaging-settings.ts'
import { movingConsumer } from './moving-consumer.ts'
import type { Consumer, ConsumerOptions, GroupReader, MessageLog, Producer } from './ports.ts'
import type { RelayBroker } from './relay-lease.ts'

export type OpenMessagingOptions = MessagingConfig & Shared

type Shared = {
  /** Names the process in the broker's logs and metrics. */
  clientId: string
  logger: Logger
}

/** The broker that the configuration names; during a move its consumers read both. */
export type Messaging = {
  /** What a relay has to know, that no other one publishes elsewhere at the same time. */
  broker: RelayBroker
  producer(): Promise<Producer>
  consumer(options: MemberOptions): Consumer
  /** How many messages a group has yet to handle. */
  backlog(reader: GroupReader): Promise<number>
  /** What lies at the broker, to be looked at. */
  log(): Promise<OpenLog>
}

type OpenLog = MessageLog & AsyncDisposable

export type MemberOptions = ConsumerOptions & {
  /** Called after the handler has succeeded and before its offsets are committed. */
  onHandled?: () => void
  /** A member that says nothing for so long loses its partitions to others, milliseconds. */
  sessionTimeoutMs?: number
}

/** Opens producers and consumers of whichever broker is configured, and loads no other client. */
export async function openMessaging(options: OpenMessagingOptions): Promise<Messaging> {
  const { before: beforeConfig, clientId, logger, ...config } = options
  const current = await openBroker(config, { clientId, logger })
  if (beforeConfig === undefined) return { ...current, broker: { name: config.kind } }
  const before = await openBroker(beforeConfig, { clientId, logger })
  return {
    ...current,
    broker: { name: config.kind, before: beforeConfig.kind },
    consumer: (member) => movingConsumer({ before, current, member, logger }),
    backlog: async (reader) => (await before.backlog(reader)) + (await current.backlog(reader)),
  }
}

type Broker = Omit<Messaging, 'broker'>

async function openBroker(config: BrokerConfig, shared: Shared): Promise<Broker> {
  if (config.kind === 'redis') return await openRedis({ ...config, ...shared })
  if (config.kind === 'kafka') return await openKafka({ ...config, ...shared })
  const { broker } = config
  return {
    producer: async () => broker.producer(),
    consumer: broker.consumer,
    backlog: async (reader) => broker.backlog(reader),
    log: async () => withoutEnd(broker.log),
  }
}

async function openKafka(options: BrokerConfig & { kind: 'kafka' } & Shared): Promise<Broker> {
  const { producer, consumer } = await KAFKA_CLIENTS[options.client]()
  return {
    producer: () => producer(options),
    consumer: (member) => consumer({ ...options, ...member }),
    async backlog(reader) {
      const { kafkaBacklog } = await import('./adapters/kafka-backlog.ts')
      return await kafkaBacklog(options, reader)
    },
    async log() {
      const { kafkaLog } = await import('./adapters/kafka-log.ts')
      return kafkaLog(options)
    },
  }
}

// One that is loaded for nothing costs a process 10 MB and half a second at its start.
const KAFKA_CLIENTS = {
  async kafkajs() {
    const { kafkaProducer: producer } = await import('./adapters/kafka-producer.ts')
    const { kafkaConsumer: consumer } = await import('./adapters/kafka-consumer.ts')
    return { producer, consumer }
  },
  async platformatic() {
    const { platformaticProducer: producer } = await import('./adapters/platformatic-producer.ts')
    const { platformaticConsumer: consumer } = await import('./adapters/platformatic-consumer.ts')
    return { producer, consumer }
  },
}

async function openRedis(options: BrokerConfig & { kind: 'redis' } & Shared): Promise<Broker> {
  const { redisProducer } = await import('./adapters/redis-producer.ts')
  const { redisConsumer } = await import('./adapters/redis-consumer.ts')
  const { redisBacklog } = await import('./adapters/redis-backlog.ts')
  return {
    producer: () => redisProducer(options),
    consumer: (member) => redisConsumer({ ...options, ...member }),
    backlog: (reader) => redisBacklog(options, reader),
    async log() {
      const { redisLog } = await import('./adapters/redis-log.ts')
      return withoutEnd(redisLog(options))
    },
  }
}

/** A log that has nothing to close. */
const withoutEnd = (log: MessageLog): OpenLog => ({ ...log, async [Symbol.asyncDispose]() {} })
