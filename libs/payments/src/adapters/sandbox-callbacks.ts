import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import type { ChannelCallback, ReadCallback } from '../channel-ports.ts'
import { chargeOnWire, refundOnWire } from './sandbox-wire.ts'

const callback = z.object({ type: z.string(), data: z.unknown() })

/**
 * Reads callbacks of the sandbox that are signed with `secret` by Standard Webhooks, and were sent
 * within five minutes. The library compares signatures in constant time.
 */
export function sandboxCallbacks(secret: string): ReadCallback {
  const webhook = new Webhook(secret)
  return (headers, body): ChannelCallback | 'forged' | 'malformed' => {
    let verified: unknown
    try {
      verified = webhook.verify(body, { ...headers })
    } catch {
      return 'forged'
    }
    const read = callback.safeParse(verified)
    if (!read.success) return 'malformed'
    const { type, data } = read.data
    const id = headers['webhook-id'] ?? ''
    const charge = type.startsWith('charge.') ? chargeOnWire.safeParse(data) : undefined
    if (charge?.success) return { id, about: 'charge', report: charge.data }
    const refund = type.startsWith('refund.') ? refundOnWire.safeParse(data) : undefined
    if (refund?.success) return { id, about: 'refund', report: refund.data }
    return 'malformed'
  }
}
