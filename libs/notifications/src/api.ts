import { randomBytes } from 'node:crypto'
import type { Routes } from '@coffer/http/server'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { postgresPreferences } from './adapters/postgres-preferences.ts'
import { postgresWebhookEndpoints } from './adapters/postgres-webhook-endpoints.ts'
import { sealedSecrets } from './adapters/sealed-secrets.ts'
import { type NotificationRoutesOptions, notificationRoutes } from './routes.ts'
import { webhookRoutes } from './routes-webhooks.ts'
import { createWebhookEndpoint } from './usecases/create-webhook-endpoint.ts'
import { rotateWebhookSecret } from './usecases/rotate-webhook-secret.ts'

export type NotificationsApiOptions = Pick<NotificationRoutesOptions, 'stationery' | 'isKnown'> & {
  postgres: Postgres
  /** Absent where there are no webhooks. */
  secretsKey: Buffer | undefined
  /** Whether webhooks may go to `http:`. */
  allowHttp: boolean
}

/** Preferences, webhook endpoints and the preview, wired to PostgreSQL. */
export function notificationsApi({
  postgres,
  secretsKey,
  allowHttp,
  ...options
}: NotificationsApiOptions): Routes {
  const { isKnown } = options
  const webhooks = secretsKey && webhooksOf({ postgres, secretsKey, allowHttp })
  return async (app) => {
    const preferences = postgresPreferences(postgres)
    await app.register(notificationRoutes({ preferences, ...options }))
    await app.register(webhookRoutes({ webhooks, isKnown }))
  }
}

type WebhooksOf = { postgres: Postgres; secretsKey: Buffer; allowHttp: boolean }

function webhooksOf({ postgres, secretsKey, allowHttp }: WebhooksOf) {
  const endpoints = postgresWebhookEndpoints({ postgres, secrets: sealedSecrets(secretsKey) })
  return {
    endpoints,
    createWebhookEndpoint: createWebhookEndpoint({ endpoints, randomBytes, allowHttp }),
    rotateWebhookSecret: rotateWebhookSecret({ endpoints, randomBytes }),
  }
}
