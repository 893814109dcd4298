import { AppError } from '@coffer/errors/app-error'
import { emailAddress } from '@coffer/events/wire'
import { z } from 'zod'
import { TOLD_TYPES } from './domain/news-of.ts'
import type { Preferences, WebhookDelivery, WebhookEndpoint } from './ports.ts'
import { LETTER_TYPES } from './templates/templates.ts'

/** One that nobody is told of would be waited for in vain. */
const toldType = z.enum(TOLD_TYPES).describe('A type of event, such as payment.succeeded')
const letterType = z.enum(LETTER_TYPES).describe('A type of event that e-mails tell of')

const owner = z.uuid().describe('Whose it is')

export const ownerParams = z.strictObject({ id: owner })
export const endpointParams = z.strictObject({ id: owner, endpointId: z.uuid() })
export const deliveryParams = z.strictObject({
  id: owner,
  endpointId: z.uuid(),
  deliveryId: z.uuid(),
})

export const newPreferences = z.strictObject({
  email: emailAddress.nullish().describe('null or left out: as the merchant has it, or none'),
  locale: z.enum(['en', 'zh']).nullish(),
  muted: z.array(letterType).max(100).default([]).describe('Types that no e-mail tells of'),
})

export const preferences = z.strictObject({
  email: z.string().nullable(),
  locale: z.string(),
  muted: z.array(z.string()),
})

export const preferencesOnWire = ({ email, locale, muted }: Preferences) => ({
  email: email ?? null,
  locale,
  muted: [...muted],
})

export const newEndpoint = z.strictObject({
  url: z.string().max(2_000).describe('Where webhooks go; https'),
  types: z.array(toldType).min(1).max(100).optional().describe('Left out: all'),
})

export const endpoint = z.strictObject({
  id: z.uuid(),
  url: z.string(),
  types: z.array(z.string()).nullable(),
  createdAt: z.iso.datetime(),
  failingSince: z.iso.datetime().nullable(),
  disabledAt: z.iso.datetime().nullable(),
  disabledReason: z.string().nullable(),
})

const secret = z.string().describe('Shown this once. Verifies webhooks by Standard Webhooks')

export const endpointWithSecret = endpoint.extend({ secret })
export const secretAnswer = z.strictObject({ secret })
export const endpointList = z.strictObject({ items: z.array(endpoint) })

const iso = (date: Date | undefined): string | null => date?.toISOString() ?? null

export const endpointOnWire = (each: WebhookEndpoint) => ({
  id: each.id,
  url: each.url,
  types: each.types === null ? null : [...each.types],
  createdAt: each.createdAt.toISOString(),
  failingSince: iso(each.failingSince),
  disabledAt: iso(each.disabledAt),
  disabledReason: each.disabledReason ?? null,
})

export const deliveryQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid().optional().describe('nextCursor of the page before'),
})

const delivery = z.strictObject({
  id: z.uuid(),
  eventId: z.string(),
  type: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  nextAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})

export const deliveryList = z.strictObject({
  items: z.array(delivery),
  nextCursor: z.string().nullable(),
})

export const deliveryOnWire = (each: WebhookDelivery) => ({
  id: each.id,
  eventId: each.eventId,
  type: each.eventType,
  state: each.state,
  attempts: each.attempts,
  nextAt: iso(each.nextAt),
  reason: each.reason ?? null,
  createdAt: each.createdAt.toISOString(),
  endedAt: iso(each.endedAt),
})

export const redrive = z.strictObject({
  from: z.iso.datetime().describe('Deliveries that were made from then on'),
  sentToo: z.boolean().default(false).describe('Also those that were taken; else what failed'),
})

export const redriveAnswer = z.strictObject({ redriven: z.int() })

/** No owner has this id. */
export class RecipientUnknownError extends AppError {
  readonly code = 'RECIPIENT_UNKNOWN'

  constructor(id: string, kind: 'user' | 'merchant') {
    super(`There is no ${kind} ${id}.`, { retry: 'never', details: { id, kind } })
  }
}

/** The owner has no such endpoint. */
export class WebhookEndpointUnknownError extends AppError {
  readonly code = 'WEBHOOK_ENDPOINT_UNKNOWN'

  constructor(id: string) {
    super(`There is no webhook endpoint ${id}.`, { retry: 'never', details: { id } })
  }
}

/** There is no such delivery, or it waits to be sent anyway. */
export class WebhookDeliveryUnknownError extends AppError {
  readonly code = 'WEBHOOK_DELIVERY_UNKNOWN'

  constructor(id: string) {
    super(`There is no delivery ${id} that has ended.`, { retry: 'never', details: { id } })
  }
}

/** Webhooks need a key that is not set. */
export class WebhooksOffError extends AppError {
  readonly code = 'WEBHOOKS_OFF'

  constructor() {
    super('There are no webhooks here: WEBHOOK_SECRETS_KEY is not set.', { retry: 'never' })
  }
}
