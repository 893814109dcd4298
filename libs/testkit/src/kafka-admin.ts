import { type KafkaClient, kafkaClient } from '@coffer/messaging/kafka-client'
import { silentLogger } from '@coffer/telemetry/logger'

/** What a broker lets its administrators do. */
export type Admin = ReturnType<KafkaClient['kafka']['admin']>

/** Connects to the brokers for the time of `work`. */
export async function withAdmin<T>(
  brokers: readonly string[],
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const { kafka, cut } = kafkaClient({ brokers, clientId: 'testkit', logger: silentLogger })
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await work(admin)
  } finally {
    cut()
  }
}
