import { connect, type Socket } from 'node:net'
import type { Logger } from '@coffer/telemetry/logger'
import { Kafka, type LogEntry, logLevel } from 'kafkajs'

export type KafkaClientOptions = {
  /** `host:port` of some brokers; the rest of the cluster is learnt from them. */
  brokers: readonly string[]
  /** Shown in the brokers' logs and metrics. */
  clientId: string
  logger: Logger
  /** Opens a connection to a broker; plain TCP by default. */
  openSocket?: (address: { host: string; port: number }) => Socket
}

export type KafkaClient = {
  kafka: Kafka
  /**
   * Cuts every connection and opens none again. What kafkajs still has under way then fails at
   * once, where its own `disconnect` would wait for answers that may never come, and its retries
   * could still store messages after we have given up on them.
   */
  cut(): void
}

/** A broker that takes longer to answer than this is as good as away, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

/** A kafkajs client that logs through `logger` and waits for nothing without a limit. */
export function kafkaClient(options: KafkaClientOptions): KafkaClient {
  const { brokers, clientId, logger, openSocket = openTcp } = options
  const sockets = new Set<Socket>()
  let isCut = false
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => logEntry(logger, entry, isCut),
    socketFactory: ({ host, port, onConnect }) => {
      if (isCut) throw new Error('This client was closed.')
      const socket = openSocket({ host, port })
      sockets.add(socket)
      return socket.once('connect', onConnect).once('close', () => sockets.delete(socket))
    },
  })
  return {
    kafka,
    cut() {
      isCut = true
      for (const socket of sockets) socket.destroy(new Error('This client was closed.'))
    },
  }
}

const openTcp = ({ host, port }: { host: string; port: number }): Socket =>
  connect({ host, port, noDelay: true, keepAlive: true })

/** What kafkajs calls an error is one that it goes on to retry: ours are logged where they end. */
function logEntry(logger: Logger, { namespace, level, log }: LogEntry, isCut: boolean): void {
  const { message, timestamp: _, logger: __, stack: ___, ...fields } = log
  // It warns that retries are limited. They are, on purpose: see the producer.
  if (message.startsWith('Limiting retries')) return
  const write = level === logLevel.ERROR && !isCut ? logger.warn : logger.debug
  write.call(logger, { ...fields, from: `kafkajs ${namespace}` }, message)
}
