import { randomBytes } from 'node:crypto'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { postgresWebhookEndpoints } from '../adapters/postgres-webhook-endpoints.ts'
import { sealedSecrets } from '../adapters/sealed-secrets.ts'
import { createWebhookEndpoint } from '../usecases/create-webhook-endpoint.ts'

export type HeldEndpointOptions = { postgres: Postgres; key: Buffer; owner: string; url: string }

/** Has all that happens to an owner go to a receiver on this machine. */
export const heldEndpoint = ({ postgres, key, owner, url }: HeldEndpointOptions) =>
  createWebhookEndpoint({
    endpoints: postgresWebhookEndpoints({ postgres, secrets: sealedSecrets(key) }),
    randomBytes,
    allowHttp: true,
  })({ owner, url, types: null })
