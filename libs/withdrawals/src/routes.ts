import { callerOf, tenantOf } from '@coffer/http/caller'
import { idempotencyHeaders, keyedRequest, type Once } from '@coffer/http/idempotency'
import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { OwnerKind, Payees, WithdrawalReader } from './ports.ts'
import { type addPayee, parseDestination } from './usecases/add-payee.ts'
import {
  type approveWithdrawal,
  type cancelWithdrawal,
  WithdrawalUnknownError,
} from './usecases/approve-withdrawal.ts'
import { OwnerUnknownError, type requestWithdrawal } from './usecases/request-withdrawal.ts'
import * as wire from './wire.ts'

export type WithdrawalRoutesOptions = {
  withdrawals: WithdrawalReader
  payees: Pick<Payees, 'list'>
  requestWithdrawal: ReturnType<typeof requestWithdrawal>
  /** Within one transaction. */
  decisions: Once<Decisions>
  addPayee: ReturnType<typeof addPayee>
}

type Decisions = {
  approveWithdrawal: ReturnType<typeof approveWithdrawal>
  cancelWithdrawal: ReturnType<typeof cancelWithdrawal>
}

const tags = ['withdrawals']

const params = z.strictObject({ id: z.uuid() })

/** Withdrawals of users and merchants, and where they may go. */
export function withdrawalRoutes(options: WithdrawalRoutesOptions): Routes {
  return async (app) => {
    for (const kind of ['user', 'merchant'] as const) {
      await app.register(ownerRoutes(kind, options))
      await app.register(payeeRoutes(kind, options))
    }
    await app.register(readRoutes(options))
    await app.register(decideRoutes(options))
  }
}

type Kind = Exclude<OwnerKind, 'payment'>

function ownerRoutes(kind: Kind, { requestWithdrawal }: WithdrawalRoutesOptions): Routes {
  return async (app) => {
    app.post(
      `/v1/${kind}s/:id/withdrawals`,
      {
        config: { access: 'withdrawals:write', names: { id: kind } },
        schema: {
          tags,
          summary: `Withdraw what a ${kind} has available`,
          description:
            'What it takes is held at once, and it is paid behind this answer. Repeat a request ' +
            'that got no answer, with the same Idempotency-Key: it is done once.',
          params,
          headers: idempotencyHeaders,
          body: wire.newWithdrawal,
          response: { 202: wire.withdrawal },
        },
      },
      async (request, reply) => {
        const { asset, amount, to } = request.body
        const withdrawal = await requestWithdrawal({
          ...{ owner: request.params.id, kind, asset, amount },
          to: parseDestination(to),
          key: request.headers['idempotency-key'],
          requestedBy: callerOf(request).holder,
        })
        return reply.status(202).send(wire.withdrawalOnWire(withdrawal))
      },
    )
  }
}

function payeeRoutes(kind: Kind, options: WithdrawalRoutesOptions): Routes {
  const { addPayee, payees, withdrawals } = options
  return async (app) => {
    app.post(
      `/v1/${kind}s/:id/payees`,
      {
        config: { access: 'withdrawals:write', names: { id: kind } },
        schema: {
          tags,
          summary: `Name an address that a ${kind} may withdraw to`,
          description: 'It can be used from usableFrom on. Naming it again changes nothing.',
          params,
          body: wire.newPayee,
          response: { 201: wire.payee },
        },
      },
      async ({ params: { id: owner }, body: { chain, address: text, label } }, reply) => {
        const address = parseDestination(text)
        const added = await addPayee({ owner, kind, chain, address, label })
        return reply.status(201).send(wire.payeeOnWire(added.payee, added.lookalikes))
      },
    )
    app.get(
      `/v1/${kind}s/:id/payees`,
      {
        config: { access: 'withdrawals:read', names: { id: kind } },
        schema: {
          tags,
          summary: `Where a ${kind} may withdraw to`,
          params,
          response: { 200: z.strictObject({ items: z.array(wire.payee) }) },
        },
      },
      async ({ params: { id: owner } }) => {
        if ((await withdrawals.kindOf(owner)) !== kind) throw new OwnerUnknownError(owner, kind)
        const listed = await payees.list(owner)
        return { items: listed.map((each) => wire.payeeOnWire(each, [])) }
      },
    )
  }
}

function readRoutes({ withdrawals }: WithdrawalRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/v1/withdrawals',
      {
        config: { access: 'withdrawals:read' },
        schema: {
          tags,
          summary: 'Withdrawals, the newest first',
          querystring: wire.query,
          response: { 200: wire.page },
        },
      },
      async (request) => {
        const { owner, status, cursor: before, limit } = request.query
        const filter = { tenant: tenantOf(request), owner, status, before }
        const found = await withdrawals.list({ ...filter, limit: limit + 1 })
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return {
          items: page.map(wire.withdrawalOnWire),
          nextCursor: last && found.length > limit ? wire.cursorOf(last) : null,
        }
      },
    )
    app.get(
      '/v1/withdrawals/:id',
      {
        config: { access: 'withdrawals:read', names: { id: 'withdrawal' } },
        schema: { tags, summary: 'One withdrawal', params, response: { 200: wire.withdrawal } },
      },
      async ({ params: { id } }) => {
        const found = await withdrawals.find(id)
        if (found === undefined) throw new WithdrawalUnknownError(id)
        return wire.withdrawalOnWire(found)
      },
    )
  }
}

function decideRoutes({ decisions }: WithdrawalRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/withdrawals/:id/approve',
      {
        config: { access: 'withdrawals:approve', names: { id: 'withdrawal' } },
        schema: {
          tags,
          summary: 'Let a withdrawal be paid that needs a second person',
          description: 'Nobody approves what a key of theirs has asked for, whichever key it was.',
          params,
          headers: idempotencyHeaders,
          body: z.strictObject({
            hash: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]),
          }),
          response: { 200: wire.withdrawal },
        },
      },
      async (request) => {
        const { holder: approver } = callerOf(request)
        const { id } = request.params
        const { hash } = request.body
        return await decisions(keyedRequest(request), async ({ approveWithdrawal }) =>
          wire.withdrawalOnWire(await approveWithdrawal({ id, hash, approver })),
        )
      },
    )
    app.post(
      '/v1/withdrawals/:id/cancel',
      {
        config: { access: 'withdrawals:write', names: { id: 'withdrawal' } },
        schema: {
          tags,
          summary: 'Call a withdrawal off that was not given to a transaction so far',
          params,
          headers: idempotencyHeaders,
          body: z.strictObject({ reason: z.string().min(1).max(200).optional() }).nullish(),
          response: { 200: wire.withdrawal },
        },
      },
      async (request) => {
        const { params: of, body } = request
        const call = { id: of.id, reason: body?.reason ?? 'cancelled' }
        return await decisions(keyedRequest(request), async ({ cancelWithdrawal }) =>
          wire.withdrawalOnWire(await cancelWithdrawal(call)),
        )
      },
    )
  }
}
