import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { expect, test } from 'vitest'
import type { BrokerConfig } from './messaging-settings.ts'
import { openMessaging } from './open-messaging.ts'
import { proveRoundTrip } from './prove-round-trip.ts'

const brokers = {
  kafka: () => ({
    ...({ kind: 'kafka', client: 'platformatic' } as const),
    brokers: stackUrls().KAFKA_BROKERS.split(','),
  }),
  redis: () => ({ kind: 'redis', url: stackUrls().REDIS_URL }) as const,
} satisfies Record<string, () => BrokerConfig>

test.each(['kafka', 'redis'] as const)(
  '%s carries a message, and nothing of it stays',
  async (kind) => {
    const messaging = brokers[kind]()

    const proved = await proveRoundTrip({ messaging, logger: silentLogger, replicationFactor: 1 })

    expect(proved.readMs).toBeGreaterThanOrEqual(proved.publishedMs)
    const opened = await openMessaging({ ...messaging, clientId: 'test', logger: silentLogger })
    await using log = await opened.log()
    // A broker deletes a topic after it has said that it will.
    const read = () => log.extents(proved.topic).catch(({ message }: Error) => message)
    await expect.poll(read, { timeout: 30_000 }).toContain(proved.topic)
  },
)
