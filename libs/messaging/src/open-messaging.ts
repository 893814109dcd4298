import type { Logger } from '@coffer/telemetry/logger'
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

/** Opens producers and consumers of whichever broker is configured, and loads no other client. */
export async function openMessaging(options: OpenMessagingOptions): Promise<Messaging> {
  const { producer, consumer } = await KAFKA_CLIENTS[options.client]()
  return {
    producer: () => producer(options),
    consumer: (member) => consumer({ ...options, ...member }),
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
