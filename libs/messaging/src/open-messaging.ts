import type { Logger } from '@coffer/telemetry/logger'
import { kafkaConsumer } from './adapters/kafka-consumer.ts'
import { kafkaProducer } from './adapters/kafka-producer.ts'
import { platformaticConsumer } from './adapters/platformatic-consumer.ts'
import { platformaticProducer } from './adapters/platformatic-producer.ts'
import type { MessagingConfig } from './messaging-settings.ts'
import type { Consumer, ConsumerOptions, Producer } from './ports.ts'

export type OpenMessagingOptions = MessagingConfig & {
  /** Names the process in the broker's logs and metrics. */
  clientId: string
  logger: Logger
}

/** The broker that the configuration names. */
export type Messaging = {
  producer(): Promise<Producer>
  consumer(options: MemberOptions): Consumer
}

export type MemberOptions = ConsumerOptions & {
  /** Called after the handler has succeeded and before its offsets are committed. */
  onHandled?: () => void
  /** A member that says nothing for so long loses its partitions to others, milliseconds. */
  sessionTimeoutMs?: number
}

const KAFKA_CLIENTS = {
  kafkajs: { producer: kafkaProducer, consumer: kafkaConsumer },
  platformatic: { producer: platformaticProducer, consumer: platformaticConsumer },
}

/** Opens producers and consumers of whichever broker is configured. */
export function openMessaging(options: OpenMessagingOptions): Messaging {
  const { producer, consumer } = KAFKA_CLIENTS[options.client]
  return {
    producer: () => producer(options),
    consumer: (member) => consumer({ ...options, ...member }),
  }
}
