import type { Routes } from '@coffer/http/server'
import type { EndpointKey, WebhookEndpoints } from './ports.ts'
import type { createWebhookEndpoint } from './usecases/create-webhook-endpoint.ts'
import type { rotateWebhookSecret } from './usecases/rotate-webhook-secret.ts'
import * as wire from './wire.ts'

export type WebhookRoutesOptions = {
  /** Undefined where there are no webhooks. */
  webhooks:
    | {
        endpoints: WebhookEndpoints
        createWebhookEndpoint: ReturnType<typeof createWebhookEndpoint>
        rotateWebhookSecret: ReturnType<typeof rotateWebhookSecret>
      }
    | undefined
  isKnown: (id: string, kind: 'merchant') => Promise<boolean>
}

const PATH = '/v1/merchants/:id/webhook-endpoints'
const ONE = `${PATH}/:endpointId`
const tags = ['webhooks']

/** Where merchants' webhooks go, and what became of them. */
export function webhookRoutes(options: WebhookRoutesOptions): Routes {
  return async (app) => {
    await app.register(endpointRoutes(options))
    await app.register(secretRoutes(options))
    await app.register(deliveryRoutes(options))
  }
}

function required({ webhooks }: WebhookRoutesOptions) {
  if (webhooks === undefined) throw new wire.WebhooksOffError()
  return webhooks
}

const keyOf = (params: { id: string; endpointId: string }): EndpointKey => ({
  owner: params.id,
  id: params.endpointId,
})

async function requireEndpoint(options: WebhookRoutesOptions, key: EndpointKey) {
  const { endpoints } = required(options)
  const found = await endpoints.find(key)
  if (found === undefined) throw new wire.WebhookEndpointUnknownError(key.id)
  return found
}

function endpointRoutes(options: WebhookRoutesOptions): Routes {
  const requireMerchant = async (id: string) => {
    if (!(await options.isKnown(id, 'merchant'))) {
      throw new wire.RecipientUnknownError(id, 'merchant')
    }
  }
  return async (app) => {
    app.post(
      PATH,
      {
        config: { access: 'webhooks:write', names: { id: 'merchant' } },
        schema: {
          tags,
          summary: "Have a merchant's events go to a URL; its secret is shown this once",
          params: wire.ownerParams,
          body: wire.newEndpoint,
          response: { 201: wire.endpointWithSecret },
        },
      },
      async ({ params: { id: owner }, body: { url, types = null } }, reply) => {
        const { createWebhookEndpoint } = required(options)
        await requireMerchant(owner)
        const { endpoint, secret } = await createWebhookEndpoint({ owner, url, types })
        return reply.status(201).send({ ...wire.endpointOnWire(endpoint), secret })
      },
    )
    app.get(
      PATH,
      {
        config: { access: 'webhooks:read', names: { id: 'merchant' } },
        schema: {
          tags,
          summary: "A merchant's webhook endpoints",
          params: wire.ownerParams,
          response: { 200: wire.endpointList },
        },
      },
      async ({ params: { id } }) => {
        await requireMerchant(id)
        return { items: (await required(options).endpoints.list(id)).map(wire.endpointOnWire) }
      },
    )
    app.delete(
      ONE,
      {
        config: { access: 'webhooks:write', names: { id: 'merchant', endpointId: 'part' } },
        schema: { tags, summary: 'Delete a webhook endpoint', params: wire.endpointParams },
      },
      async ({ params }, reply) => {
        const isRemoved = await required(options).endpoints.remove(keyOf(params))
        if (!isRemoved) throw new wire.WebhookEndpointUnknownError(params.endpointId)
        return reply.status(204).send()
      },
    )
  }
}

function secretRoutes(options: WebhookRoutesOptions): Routes {
  const params = wire.endpointParams
  return async (app) => {
    app.post(
      `${ONE}/rotate-secret`,
      {
        config: { access: 'webhooks:write', names: { id: 'merchant', endpointId: 'part' } },
        schema: {
          tags,
          summary: 'Give an endpoint a new secret; the old one signs for 24 hours more',
          params,
          response: { 200: wire.secretAnswer },
        },
      },
      async (request) => {
        const secret = await required(options).rotateWebhookSecret(keyOf(request.params))
        if (secret === undefined) {
          throw new wire.WebhookEndpointUnknownError(request.params.endpointId)
        }
        return { secret }
      },
    )
    app.post(
      `${ONE}/enable`,
      {
        config: { access: 'webhooks:write', names: { id: 'merchant', endpointId: 'part' } },
        schema: {
          tags,
          summary: 'Send to an endpoint again, and what has waited for it at once',
          params,
          response: { 200: wire.endpoint },
        },
      },
      async (request) => {
        const key = keyOf(request.params)
        await required(options).endpoints.enable(key)
        return wire.endpointOnWire(await requireEndpoint(options, key))
      },
    )
  }
}

function deliveryRoutes(options: WebhookRoutesOptions): Routes {
  return async (app) => {
    app.get(
      `${ONE}/deliveries`,
      {
        config: { access: 'webhooks:read', names: { id: 'merchant', endpointId: 'part' } },
        schema: {
          tags,
          summary: 'What was sent to an endpoint, or waits for it, newest first',
          params: wire.endpointParams,
          querystring: wire.deliveryQuery,
          response: { 200: wire.deliveryList },
        },
      },
      async ({ params, query: { limit, cursor: before } }) => {
        const key = keyOf(params)
        await requireEndpoint(options, key)
        const page = { before, limit: limit + 1 }
        const found = await required(options).endpoints.deliveries(key, page)
        const items = found.slice(0, limit)
        return {
          items: items.map(wire.deliveryOnWire),
          nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null,
        }
      },
    )
    app.post(
      `${ONE}/redrive`,
      {
        config: { access: 'webhooks:write', names: { id: 'merchant', endpointId: 'part' } },
        schema: {
          tags,
          summary: 'Send once more what ended since a moment',
          params: wire.endpointParams,
          body: wire.redrive,
          response: { 200: wire.redriveAnswer },
        },
      },
      async ({ params, body: { from, sentToo } }) => {
        const key = keyOf(params)
        await requireEndpoint(options, key)
        const what = { from: new Date(from), isSentToo: sentToo }
        return { redriven: await required(options).endpoints.redrive(key, what) }
      },
    )
    app.post(
      `${ONE}/deliveries/:deliveryId/redrive`,
      {
        config: {
          access: 'webhooks:write',
          names: { id: 'merchant', endpointId: 'part', deliveryId: 'part' },
        },
        schema: {
          tags,
          summary: 'Send one delivery once more',
          params: wire.deliveryParams,
          response: { 200: wire.redriveAnswer },
        },
      },
      async ({ params }) => {
        const key = keyOf(params)
        await requireEndpoint(options, key)
        const { deliveryId: delivery } = params
        const redriven = await required(options).endpoints.redrive(key, { delivery })
        if (redriven === 0) throw new wire.WebhookDeliveryUnknownError(delivery)
        return { redriven }
      },
    )
  }
}
