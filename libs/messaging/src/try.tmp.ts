import { ensureTopics } from '@coffer/messaging/kafka-topics'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { silentLogger as logger } from '@coffer/telemetry/logger'
const brokers = ['127.0.0.1:39192']
const topicPrefix = `t${Date.now()}.`
await ensureTopics({ brokers, topics: [{ name: 'x', partitions: 12, retentionMs: -1 }], topicPrefix, replicationFactor: 1, logger })
await using producer = await kafkaProducer({ brokers, clientId: 'p', logger, topicPrefix })
const n = 60_000
for (const bytes of [250, 500]) for (const batch of [500, 5000]) {
const messages = Array.from({ length: n }, (_, i) => ({ topic: 'x', key: `k${i % 500}`, headers: process.argv[2] ? {} : { ce_id: `${i}`, ce_type: 'deposit.confirmed', ce_time: '2026-01-01T00:00:00Z' } as Record<string,string>, value: 'x'.repeat(bytes) }))
const s = performance.now(), c = process.cpuUsage()
for (let i = 0; i < n; i += batch) await producer.publish(messages.slice(i, i + batch))
const u = process.cpuUsage(c)
console.log(bytes, batch, 'published/s', n / (performance.now() - s) * 1000, 'cpu us/msg', (u.user+u.system)/n)
}
