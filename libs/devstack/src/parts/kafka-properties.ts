/** What the broker is told, `server.properties` and environment alike. */
export type KafkaProperties = Readonly<Record<string, string>>

export type KafkaNode = {
  /** From 1 on. */
  id: number
  /** The address the broker listens on; what clients are told is always 127.0.0.1. */
  host: string
  port: number
  /** Where the controller of each node of the cluster listens, in the order of their ids. */
  controllerPorts: readonly number[]
  directory: string
}

/** Of three nodes each has all there is, and any two go on without the third. */
const COPIES_MAX = 3

/** A node that is broker and controller at once, on the loopback interface only. */
export function kafkaProperties(node: KafkaNode): KafkaProperties {
  const { id, host, port, controllerPorts, directory } = node
  const voters = controllerPorts.map((each, index) => `${index + 1}@127.0.0.1:${each}`)
  const copies = `${Math.min(COPIES_MAX, controllerPorts.length)}`
  const inSync = `${Math.max(1, Number(copies) - 1)}`
  return {
    'node.id': `${id}`,
    'process.roles': 'broker,controller',
    'controller.quorum.voters': voters.join(),
    listeners: `BROKER://${host}:${port},CONTROLLER://127.0.0.1:${controllerPorts[id - 1]}`,
    'advertised.listeners': `BROKER://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': directory,
    'auto.create.topics.enable': 'false',
    'num.partitions': '3',
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    // The usual 50 only cost a first consumer time while there is one broker.
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
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
