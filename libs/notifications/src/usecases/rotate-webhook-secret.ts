import { newWebhookSecret } from '../domain/webhook-secret.ts'
import type { EndpointKey, WebhookEndpoints } from '../ports.ts'

export type RotateWebhookSecretOptions = {
  endpoints: Pick<WebhookEndpoints, 'rotate'>
  randomBytes: (count: number) => Uint8Array
}

/** How long both secrets sign, so that a receiver can change over without losing anything. */
const OVERLAP_MS = 24 * 60 * 60 * 1_000

/** Gives an endpoint a new secret and answers it; undefined if there is no such endpoint. */
export const rotateWebhookSecret =
  ({ endpoints, randomBytes }: RotateWebhookSecretOptions) =>
  async (key: EndpointKey): Promise<string | undefined> => {
    const secret = newWebhookSecret(randomBytes)
    return (await endpoints.rotate(key, secret, OVERLAP_MS)) ? secret : undefined
  }
