import { randomUUID } from 'node:crypto'
import type { MessagingConfig } from '@coffer/messaging/messaging-settings'
import { type Messaging, openMessaging } from '@coffer/messaging/open-messaging'
import type { Delivery } from '@coffer/messaging/ports'
import { silentLogger } from '@coffer/telemetry/logger'

/** The broker as somebody sees it who is no part of Coffer. */
export const observe = (messaging: MessagingConfig): Promise<Messaging> =>
  openMessaging({ ...messaging, clientId: 'e2e', logger: silentLogger })

/** Everything that `topics` hold now: by partition in the order of their offsets. */
export async function readTopics(
  messaging: MessagingConfig,
  topics: readonly string[],
): Promise<Delivery[]> {
  const broker = await observe(messaging)
  const reader = { group: `e2e-${randomUUID()}`, topics }
  const read = new Map<string, Delivery>()
  const done = new AbortController()
  const count = await broker.backlog(reader)
  if (count === 0) return []
  await broker.consumer({ ...reader, batchSizeMax: 1_000 }).run(async (deliveries) => {
    for (const delivery of deliveries) {
      const { topic, partition, offset } = delivery
      read.set(`${topic}/${partition}/${offset}`, delivery)
    }
    if (read.size >= count) done.abort()
  }, done.signal)
  return [...read.values()]
}
