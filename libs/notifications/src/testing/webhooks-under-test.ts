import { randomBytes, randomUUID } from 'node:crypto'
import type { Message } from '@coffer/events/event'
import { guardedPost } from '../adapters/guarded-post.ts'
import { postgresNotificationRooms } from '../adapters/postgres-notification-rooms.ts'
import { postgresWebhookEndpoints } from '../adapters/postgres-webhook-endpoints.ts'
import { postgresWebhookLanes } from '../adapters/postgres-webhook-lanes.ts'
import { sealedSecrets } from '../adapters/sealed-secrets.ts'
import type { EndpointKey, PostWebhook, WebhookEndpoint } from '../ports.ts'
import { createWebhookEndpoint } from '../usecases/create-webhook-endpoint.ts'
import { deliverWebhooks } from '../usecases/deliver-webhooks.ts'
import { tellOfEvents } from '../usecases/tell-of-events.ts'
import { heard } from './heard.ts'
import { type NotificationsDatabase, notificationsDatabase } from './notifications-database.ts'
import { type ReceivedWebhook, type WebhookReceiver, webhookReceiver } from './webhook-receiver.ts'

export const MERCHANT = randomUUID()
export const DAY_MS = 86_400_000

export const secrets = sealedSecrets(randomBytes(32))

/** Webhooks from an event to a receiver on this machine, on a database of their own. */
export type WebhooksUnderTest = Awaited<ReturnType<typeof webhooksUnderTest>>

export async function webhooksUnderTest() {
  const resources = new AsyncDisposableStack()
  const database: NotificationsDatabase = resources.use(await notificationsDatabase())
  const receiver: WebhookReceiver = resources.use(await webhookReceiver())
  const { postgres } = database
  const endpoints = postgresWebhookEndpoints({ postgres, secrets })
  const lanes = postgresWebhookLanes({ postgres, secrets })
  const post = guardedPost({ allowPrivate: true, allowHttp: true, timeoutMs: 400 })
  const create = createWebhookEndpoint({ endpoints, randomBytes, allowHttp: true })
  return {
    ...{ database, receiver, endpoints, lanes, post },
    newEndpoint: (path = '/hooks', types: WebhookEndpoint['types'] = null) =>
      create({ owner: MERCHANT, url: receiver.url + path, types }),
    tell: (...messages: Message[]) =>
      tellOfEvents({
        rooms: postgresNotificationRooms(postgres),
        consumer: 'notifications',
        now: () => new Date(),
        ageMaxMs: 60_000,
      })(messages.map(heard)),
    deliver: ({ id }: EndpointKey, by: PostWebhook = post, disableAfterMs = DAY_MS) =>
      deliverWebhooks({ lanes, post: by, disableAfterMs })(id),
    webhooks: async () => (await database.rows()).filter(({ way }) => way === 'webhook'),
    /** The `webhook-id` of each that came, in order. */
    receivedIds: () => receiver.received.map(({ headers }) => headers['webhook-id']),
    /** The last that came. */
    received(): ReceivedWebhook {
      return receiver.received.at(-1) ?? { path: '', headers: {}, body: '' }
    },
    async clear() {
      await database.clear()
      receiver.received.length = 0
      receiver.answers.clear()
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
