import { hash } from 'node:crypto'
import { callerOf, tenantOf } from '@coffer/http/caller'
import { idempotencyHeaders } from '@coffer/http/idempotency'
import { platformTerm } from '@coffer/http/platform-term'
import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { PaymentRequest } from './domain/decide-payments.ts'
import type { Merchants, PaymentReader } from './ports.ts'
import { type cancelOrder, OrderUnknownError } from './usecases/cancel-order.ts'
import type { createMerchant } from './usecases/create-merchant.ts'
import type { createPayment } from './usecases/create-payment.ts'
import { PaymentUnknownError } from './usecases/request-refund.ts'
import { MerchantUnknownError, type updateMerchant } from './usecases/update-merchant.ts'
import * as wire from './wire.ts'

export type PaymentRoutesOptions = {
  merchants: Pick<Merchants, 'find'>
  /** What is kept of payments of merchants for whom nothing else was said. */
  feeBasisPoints: number
  createMerchant: ReturnType<typeof createMerchant>
  updateMerchant: ReturnType<typeof updateMerchant>
  createPayment: ReturnType<typeof createPayment>
  cancelOrder: ReturnType<typeof cancelOrder>
  reader: PaymentReader
}

const byId = z.strictObject({ id: z.uuid() })

/** Merchants, their orders, and how these are paid. */
export function paymentRoutes(options: PaymentRoutesOptions): Routes {
  return async (app) => {
    await app.register(merchantRoutes(options))
    await app.register(creationRoute(options))
    await app.register(readingRoutes(options))
    await app.register(orderRoutes(options))
  }
}

function merchantRoutes(options: PaymentRoutesOptions): Routes {
  const { merchants, createMerchant, updateMerchant, feeBasisPoints } = options
  const name = 'feeBasisPoints'
  const found = async (id: string) => {
    const merchant = await merchants.find(id)
    if (merchant === undefined) throw new MerchantUnknownError(id)
    return merchant
  }
  const tags = ['merchants']
  return async (app) => {
    app.post(
      '/v1/merchants',
      {
        config: { access: 'merchants:write' },
        schema: {
          tags,
          summary: 'Make a merchant',
          body: wire.newMerchant,
          response: { 201: wire.merchant },
        },
      },
      async (request, reply) => {
        const { body } = request
        const fee = platformTerm(request, { name, said: body.feeBasisPoints, is: feeBasisPoints })
        const facts = { ...body, feeBasisPoints: fee }
        const made = await createMerchant(facts, callerOf(request).tenant)
        return reply.status(201).send(wire.merchantOnWire(made))
      },
    )
    app.get(
      '/v1/merchants/:id',
      {
        config: { access: 'merchants:read', names: { id: 'merchant' } },
        schema: { tags, summary: 'One merchant', params: byId, response: { 200: wire.merchant } },
      },
      async ({ params: { id } }) => wire.merchantOnWire(await found(id)),
    )
    app.patch(
      '/v1/merchants/:id',
      {
        config: { access: 'merchants:write', names: { id: 'merchant' } },
        schema: {
          tags,
          summary: 'Change facts about a merchant',
          description:
            'What is left out stays as it is. Payments keep the fee they were made with.',
          params: byId,
          body: wire.merchantChange,
          response: { 200: wire.merchant },
        },
      },
      async (request) => {
        const { params, body } = request
        const merchant = await found(params.id)
        platformTerm(request, { name, said: body.feeBasisPoints, is: merchant.feeBasisPoints })
        return wire.merchantOnWire(await updateMerchant(params.id, given(body)))
      },
    )
  }
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without the fields that are there and say nothing. */
const given = <T extends object>(body: T): Given<T> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Given<T>

function creationRoute({ createPayment }: PaymentRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/payments',
      {
        config: { access: 'payments:write', namesInBody: { merchant: 'merchant' } },
        // Checking each answer against its schema would be a good part of what a request costs.
        serializerCompiler: () => JSON.stringify,
        schema: {
          tags: ['payments'],
          summary: 'Ask for a payment',
          description:
            'Makes the order if its reference is new, or one more payment of an order that is ' +
            'not paid. It is answered when it is durable; what becomes of it is told by events.',
          headers: idempotencyHeaders,
          body: wire.newPayment,
          response: { 201: wire.payment },
        },
      },
      async ({ body, headers }, reply) => {
        const { merchant: merchantId, ...terms } = body
        const request = {
          ...{ merchantId, reference: terms.reference, asset: terms.asset, amount: terms.amount },
          ...{ channel: terms.channel, description: terms.description, card: terms.card },
          expiresInSeconds: terms.expiresInSeconds,
        }
        const key = headers['idempotency-key']
        const made = await createPayment({ ...request, key, hash: hashOf(request) })
        return reply.status(201).send(wire.madeOnWire(made))
      },
    )
  }
}

/** Of what is asked for as it was understood: spaces and the order of fields don't count. */
function hashOf(request: Omit<PaymentRequest, 'key' | 'hash'>): `0x${string}` {
  const { merchantId, reference, asset, amount, channel, description, expiresInSeconds } = request
  const ofOrder = [merchantId, reference, asset, `${amount}`, description]
  const terms = [...ofOrder, channel, request.card, expiresInSeconds]
  return `0x${hash('sha256', JSON.stringify(terms))}`
}

function readingRoutes({ reader }: PaymentRoutesOptions): Routes {
  const tags = ['payments']
  return async (app) => {
    app.get(
      '/v1/payments',
      {
        config: { access: 'payments:read' },
        schema: {
          tags,
          summary: 'Payments, newest first',
          querystring: wire.paymentQuery,
          response: { 200: wire.paymentList },
        },
      },
      async (request) => {
        const { merchant: merchantId, status, cursor, limit } = request.query
        const page = { before: cursor, limit: limit + 1 }
        const found = await reader.list({ tenant: tenantOf(request), merchantId, status }, page)
        const items = found.slice(0, limit).map(wire.paymentOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
    app.get(
      '/v1/payments/:id',
      {
        config: { access: 'payments:read', names: { id: 'payment' } },
        schema: { tags, summary: 'One payment', params: byId, response: { 200: wire.payment } },
      },
      async ({ params: { id } }) => {
        const found = await reader.find(id)
        if (found === undefined) throw new PaymentUnknownError(id)
        return wire.paymentOnWire(found)
      },
    )
  }
}

function orderRoutes({ reader, cancelOrder }: PaymentRoutesOptions): Routes {
  const tags = ['orders']
  const read = async (id: string) => {
    const found = await reader.findOrder(id)
    if (found === undefined) throw new OrderUnknownError(id)
    return wire.orderOnWire(found)
  }
  return async (app) => {
    app.get(
      '/v1/orders/:id',
      {
        config: { access: 'payments:read', names: { id: 'order' } },
        schema: {
          tags,
          summary: 'One order, with its payments',
          params: byId,
          response: { 200: wire.order },
        },
      },
      ({ params: { id } }) => read(id),
    )
    app.post(
      '/v1/orders/:id/cancel',
      {
        config: { access: 'payments:write', names: { id: 'order' } },
        schema: {
          tags,
          summary: 'Give up an order that is not paid',
          description: 'What is paid for it all the same is booked, and its order is paid, late.',
          params: byId,
          response: { 200: wire.order },
        },
      },
      async ({ params: { id } }) => {
        await cancelOrder(id)
        return await read(id)
      },
    )
  }
}
