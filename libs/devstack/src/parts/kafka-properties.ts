/** What the broker is told, `server.properties` and environment alike. */
export type KafkaProperties = Readonly<Record<string, string>>

export type KafkaAddress = {
  /** The address the broker listens on; what clients are told is always 127.0.0.1. */
  host: string
  port: number
  controllerPort: number
  directory: string
}

/** One node that is broker and controller at once, on the loopback interface only. */
export function kafkaProperties(address: KafkaAddress): KafkaProperties {
  const { host, port, controllerPort, directory } = address
  return {
    'node.id': '1',
    'process.roles': 'broker,controller',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://${host}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `BROKER://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': directory,
    'auto.create.topics.enable': 'false',
    'num.partitions': '3',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    // The usual 50 only cost a first consumer time while there is one broker.
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    // Lets tests have a consumer that was killed replaced sooner than the usual 6 s.
    'group.min.session.timeout.ms': '1000',
    // After a SIGKILL the new broker waits until the old one's session has run out.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // 128 MB by default, a quarter of the heap it is given here.
    'log.cleaner.dedupe.buffer.size': '16777216',
  }
}

/** The text of a `server.properties`. */
export const propertiesText = (properties: KafkaProperties): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

/** The same as the official image takes it: `node.id` is `KAFKA_NODE_ID`. */
export const propertiesEnvironment = (properties: KafkaProperties): Record<string, string> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
      value,
    ]),
  )
