import { Kafka, logLevel } from 'kafkajs'

export type KafkaCluster = {
  clusterId: string
  /** Of the brokers that are ready to take messages. */
  ports: number[]
}

/** Asks for the cluster's metadata; throws while no broker is ready to take messages. */
export async function proveKafka(brokers: string): Promise<KafkaCluster> {
  const admin = new Kafka({
    clientId: 'coffer-devstack',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  }).admin()
  try {
    await admin.connect()
    const cluster = await admin.describeCluster()
    if (cluster.brokers.length === 0) throw new Error('The cluster has no live broker yet.')
    return { clusterId: cluster.clusterId, ports: cluster.brokers.map(({ port }) => port) }
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
