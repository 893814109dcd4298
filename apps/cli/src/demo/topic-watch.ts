import { readEvent } from '@coffer/events/event'
import { WALLET_EVENTS } from '@coffer/events/topics'
import type { MessagingConfig } from '@coffer/messaging/messaging-settings'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { silentLogger } from '@coffer/telemetry/logger'

/** What a reader of its own has seen of `wallet.events`. */
export type TopicWatch = AsyncDisposable & {
  /** Messages that confirm a deposit, repeats counted. */
  events(): number
  /** Those whose event id had been seen before. */
  duplicates(): number
  /** How often each event was seen, by event id. */
  seen(): ReadonlyMap<string, number>
}

/** Reads `wallet.events` from its beginning in a group of its own. */
export async function watchTopic(messaging: MessagingConfig, group: string): Promise<TopicWatch> {
  const seen = new Map<string, number>()
  const stopping = new AbortController()
  const options = { ...messaging, clientId: group, logger: silentLogger }
  const { consumer } = await openMessaging(options)
  const reading = consumer({ group, topics: [WALLET_EVENTS], batchSizeMax: 1_000 })
  const running = reading.run(async (deliveries) => {
    for (const { id, type } of deliveries.map(readEvent)) {
      if (type === 'deposit.confirmed') seen.set(id, (seen.get(id) ?? 0) + 1)
    }
  }, stopping.signal)
  const events = () => seen.values().reduce((total, times) => total + times, 0)
  return {
    events,
    duplicates: () => events() - seen.size,
    seen: () => seen,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
