import { AppError } from '@coffer/errors/app-error'
import { unitsOnWire } from '@coffer/events/wire'
import { parseOwnedAddress } from '@coffer/evm/address'
import { idempotencyHeaders } from '@coffer/http/idempotency'
import type { Routes } from '@coffer/http/server'
import { parsedBy } from '@coffer/money/parsed-by'
import { z } from 'zod'
import type { RefundReader } from './channel-ports.ts'
import type { Refund } from './domain/refund.ts'
import type { PaymentReader } from './ports.ts'
import { PaymentUnknownError, type requestRefund } from './usecases/request-refund.ts'

export type RefundRoutesOptions = {
  requestRefund: ReturnType<typeof requestRefund>
  refunds: RefundReader
  payments: Pick<PaymentReader, 'find'>
}

const byId = z.strictObject({ id: z.uuid() })

const newRefund = z.strictObject({
  amount: unitsOnWire.refine((amount) => amount > 0n, 'Expected more than 0'),
  to: parsedBy(parseOwnedAddress)
    .optional()
    .describe('Where to pay it on chain. Never the sender by itself: it may be an exchange'),
  reason: z.string().min(1).max(200).optional(),
})

const refund = z.strictObject({
  id: z.uuid(),
  payment: z.uuid(),
  asset: z.string(),
  amount: z.string(),
  excess: z.string().describe('What of it was never applied, and takes nothing from the merchant'),
  to: z.string().nullable(),
  reason: z.string().nullable(),
  status: z.enum(['requested', 'processing', 'succeeded', 'failed', 'refused']),
  failure: z.string().nullable().describe('Why it failed or was refused'),
  txHash: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})

/** What of payments goes back. */
export function refundRoutes({ requestRefund, refunds, payments }: RefundRoutesOptions): Routes {
  const tags = ['refunds']
  return async (app) => {
    app.post(
      '/v1/payments/:id/refunds',
      {
        config: { access: 'refunds:write', names: { id: 'payment' } },
        schema: {
          tags,
          summary: 'Give back a payment, or a part of it',
          description:
            'What it takes is reserved before the answer. It is paid to the card that was ' +
            'charged, or on chain to the address that is named.',
          params: byId,
          headers: idempotencyHeaders,
          body: newRefund,
          response: { 202: refund },
        },
      },
      async ({ params: { id: paymentId }, headers, body }, reply) => {
        const { amount, to, reason } = body
        const key = headers['idempotency-key']
        const made = await requestRefund({ paymentId, key, amount, to, reason })
        return reply.status(202).send(onWire(made))
      },
    )
    app.get(
      '/v1/payments/:id/refunds',
      {
        config: { access: 'payments:read', names: { id: 'payment' } },
        schema: {
          tags,
          summary: 'The refunds of a payment, the first one first',
          params: byId,
          response: { 200: z.strictObject({ items: z.array(refund) }) },
        },
      },
      async ({ params: { id } }) => {
        if ((await payments.find(id)) === undefined) throw new PaymentUnknownError(id)
        return { items: (await refunds.listOf(id)).map(onWire) }
      },
    )
    app.get(
      '/v1/refunds/:id',
      {
        config: { access: 'payments:read', names: { id: 'refund' } },
        schema: { tags, summary: 'One refund', params: byId, response: { 200: refund } },
      },
      async ({ params: { id } }) => {
        const found = await refunds.find(id)
        if (found === undefined) throw new RefundUnknownError(id)
        return onWire(found)
      },
    )
  }
}

const onWire = (view: Refund) => ({
  id: view.id,
  payment: view.paymentId,
  asset: view.asset,
  amount: `${view.amount}`,
  excess: `${view.excess}`,
  to: view.to ?? null,
  reason: view.reason ?? null,
  status: view.status,
  failure: view.failure ?? null,
  txHash: view.txHash ?? null,
  createdAt: view.createdAt.toISOString(),
  endedAt: view.endedAt?.toISOString() ?? null,
})

export class RefundUnknownError extends AppError {
  readonly code = 'REFUND_UNKNOWN'

  constructor(id: string) {
    super(
      `No refund has the id ${JSON.stringify(id)}. POST /v1/payments/{id}/refunds answers ids.`,
      { retry: 'never', details: { id } },
    )
  }
}
