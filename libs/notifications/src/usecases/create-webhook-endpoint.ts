import { AppError } from '@coffer/errors/app-error'
import { newWebhookSecret } from '../domain/webhook-secret.ts'
import type { NewEndpoint, WebhookEndpoint, WebhookEndpoints } from '../ports.ts'

export type CreateWebhookEndpointOptions = {
  endpoints: Pick<WebhookEndpoints, 'create'>
  randomBytes: (count: number) => Uint8Array
  /** Whether `http:` may be called, as only local chains and tests do. */
  allowHttp: boolean
}

/**
 * Has an owner's events go to a URL. The secret is told this once and never again. Throws
 * {@link WebhookUrlError} or {@link WebhookEndpointsMaxError}. Whether the URL leads to where it
 * may is looked at when something is sent there, since names change what they lead to.
 */
export const createWebhookEndpoint =
  ({ endpoints, randomBytes, allowHttp }: CreateWebhookEndpointOptions) =>
  async (
    wanted: Omit<NewEndpoint, 'secret'>,
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }> => {
    const url = checkedUrl(wanted.url, allowHttp)
    const secret = newWebhookSecret(randomBytes)
    const endpoint = await endpoints.create({ ...wanted, url, secret })
    if (endpoint === undefined) throw new WebhookEndpointsMaxError(wanted.owner)
    return { endpoint, secret }
  }

function checkedUrl(text: string, allowHttp: boolean): string {
  if (!URL.canParse(text)) throw new WebhookUrlError(text, 'it is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) {
    throw new WebhookUrlError(text, 'it does not begin with https://')
  }
  if (url.username !== '' || url.password !== '') {
    throw new WebhookUrlError(url.host, 'it holds a password; check our signature instead')
  }
  url.hash = ''
  return url.href
}

/** Webhooks can't go to this URL. */
export class WebhookUrlError extends AppError {
  readonly code = 'WEBHOOK_URL'

  constructor(url: string, problem: string) {
    super(
      `Webhooks can't go to ${JSON.stringify(url)}: ${problem}. Expected a URL such as ` +
        '"https://shop.example/webhooks".',
      { retry: 'never', details: { url } },
    )
  }
}

/** An owner has as many endpoints as may be. */
export class WebhookEndpointsMaxError extends AppError {
  readonly code = 'WEBHOOK_ENDPOINTS_MAX'

  constructor(owner: string) {
    super('There are as many webhook endpoints as may be. Delete one that is not needed.', {
      retry: 'never',
      details: { owner },
    })
  }
}
