import { z } from 'zod'

const notification = {
  notificationId: z.uuid(),
  /** The event that is told of. */
  eventId: z.string().min(1),
  eventType: z.string().min(1),
  owner: z.string().min(1),
  by: z.enum(['email', 'webhook']),
  attempts: z.int().min(1),
}

/** Somebody was told: a mail server or an endpoint has taken the notice. */
export const notificationSent = z.object({ ...notification, sentAt: z.iso.datetime() })

/** Nobody could be told, and it is not tried again by itself. */
export const notificationFailed = z.object({
  ...notification,
  reason: z.string().min(1),
  failedAt: z.iso.datetime(),
})

/** Nothing is sent to an endpoint any more, until its owner enables it. */
export const webhookEndpointDisabled = z.object({
  endpointId: z.uuid(),
  owner: z.string().min(1),
  /** Without what may be secret in it. */
  url: z.string().min(1),
  reason: z.enum(['gone', 'failing']),
  disabledAt: z.iso.datetime(),
})
