import { tenantOf } from '@coffer/http/caller'
import { idempotencyHeaders, keyedRequest, type Once } from '@coffer/http/idempotency'
import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import { z } from 'zod'
import { depositCursor, parseDepositCursor } from './domain/deposit-cursor.ts'
import type { EndpointHealth } from './endpoint-ports.ts'
import { endpointRoutes } from './endpoint-routes.ts'
import { type GapRoutesOptions, gapRoutes } from './gap-routes.ts'
import type { ChainStatuses, DepositReader, RescanRequests } from './read-ports.ts'
import type { releaseDeposit } from './usecases/release-deposit.ts'
import type { requestRescan } from './usecases/request-rescan.ts'
import type { UnlatchChain } from './usecases/unlatch-chain.ts'
import * as wire from './wire.ts'
import * as latchWire from './wire-latch.ts'

export type DepositRoutesOptions = GapRoutesOptions & {
  reader: DepositReader
  statuses: ChainStatuses
  health: Pick<EndpointHealth, 'list'>
  requestRescan: ReturnType<typeof requestRescan>
  rescans: RescanRequests
  /** Within one transaction. */
  releases: Once<ReleaseActs>
  unlatchChain: UnlatchChain
  /** The id of the owner that a caller of the tenant names by its id or external id. */
  findOwner: (reference: string, tenant: string | null) => Promise<string | undefined>
  chains: readonly ChainId[]
  assets: readonly Asset[]
}

export type ReleaseActs = {
  releaseDeposit: ReturnType<typeof releaseDeposit>
  find: DepositReader['find']
}

/** Deposits, the chains they are found on, rescans and latches. */
export function depositRoutes(options: DepositRoutesOptions): Routes {
  return async (app) => {
    await app.register(listRoutes(options))
    await app.register(releaseRoutes(options))
    await app.register(chainRoutes(options))
    await app.register(latchRoutes(options))
    await app.register(gapRoutes(options))
    await app.register(endpointRoutes(options))
  }
}

function listRoutes({ reader, findOwner, assets }: DepositRoutesOptions): Routes {
  const tags = ['deposits']
  return async (app) => {
    app.get(
      '/v1/deposits',
      {
        config: { access: 'deposits:read' },
        schema: {
          tags,
          summary: 'Deposits, newest first',
          querystring: wire.depositQuery,
          response: { 200: wire.depositList },
        },
      },
      async (request) => {
        const { owner: reference, limit, cursor, ...rest } = request.query
        const filter = { ...rest, tenant: tenantOf(request) }
        const before = cursor === undefined ? undefined : parseDepositCursor(cursor)
        const owner =
          reference === undefined ? undefined : await findOwner(reference, filter.tenant ?? null)
        // An owner whom nobody knows has no deposits.
        if (reference !== undefined && owner === undefined) return { items: [], nextCursor: null }
        const found = await reader.list({ ...filter, owner }, { before, limit: limit + 1 })
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return {
          items: page.map((deposit) => wire.depositOnWire(deposit, assets)),
          nextCursor: last && found.length > limit ? depositCursor(last.sequence) : null,
        }
      },
    )
    app.get(
      '/v1/deposits/:id',
      {
        config: { access: 'deposits:read', names: { id: 'deposit' } },
        schema: {
          tags,
          summary: 'One deposit',
          params: z.strictObject({ id: wire.depositIdOnWire }),
          response: { 200: wire.deposit },
        },
      },
      async ({ params: { id } }) => {
        const deposit = await reader.find(id)
        if (deposit === undefined) throw new wire.DepositUnknownError(id)
        return wire.depositOnWire(deposit, assets)
      },
    )
  }
}

function releaseRoutes({ releases, assets }: DepositRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/admin/deposits/:id/release',
      {
        config: { access: 'deposits:release' },
        schema: {
          tags: ['deposits'],
          summary: 'Credit a deposit that we hold and that was not credited',
          params: z.strictObject({ id: wire.depositIdOnWire }),
          headers: idempotencyHeaders,
          body: wire.releaseRequest,
          response: { 200: wire.deposit },
        },
      },
      (request) =>
        releases(keyedRequest(request), async ({ releaseDeposit, find }) => {
          const { id } = request.params
          const isKnown = await releaseDeposit({ ...id, reason: request.body.reason })
          const deposit = isKnown ? await find(id) : undefined
          if (deposit === undefined) throw new wire.DepositUnknownError(id)
          return wire.depositOnWire(deposit, assets)
        }),
    )
  }
}

function chainRoutes(options: DepositRoutesOptions): Routes {
  const { statuses, requestRescan, rescans, chains, gaps } = options
  const tags = ['chains']
  return async (app) => {
    app.get(
      '/v1/chains',
      {
        config: { access: 'chains:read' },
        schema: { tags, summary: 'Where each scan stands', response: { 200: wire.chainList } },
      },
      async () => {
        const [all, counts] = await Promise.all([statuses.all(), gaps.counts()])
        const known = new Map(all.map((status) => [status.chain, status]))
        const owed = Map.groupBy(counts, ({ chain }) => chain)
        const items = chains.map((chain) =>
          wire.chainOnWire(chain, known.get(chain), owed.get(chain)),
        )
        return { items }
      },
    )
    app.post(
      '/v1/admin/rescans',
      {
        config: { access: 'scans:write' },
        schema: {
          tags,
          summary: 'Read a range of blocks again',
          body: wire.rescanRequest,
          response: { 202: wire.rescan },
        },
      },
      async ({ body }, reply) =>
        reply.status(202).send(wire.rescanOnWire(await requestRescan(body))),
    )
    app.get(
      '/v1/admin/rescans/:id',
      {
        config: { access: 'scans:read' },
        schema: {
          tags,
          summary: 'How far a rescan is',
          params: z.strictObject({ id: z.uuid() }),
          response: { 200: wire.rescan },
        },
      },
      async ({ params: { id } }) => {
        const found = await rescans.find(id)
        if (found === undefined) throw new wire.RescanUnknownError(id)
        return wire.rescanOnWire(found)
      },
    )
  }
}

function latchRoutes({ unlatchChain }: DepositRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/admin/chains/:chain/unlatch',
      {
        config: { access: 'scans:write' },
        schema: {
          tags: ['chains'],
          summary: 'Let a latched chain go on, or say what that would do',
          params: latchWire.unlatchParams,
          body: latchWire.unlatchRequest,
          response: { 200: latchWire.unlatchAnswer },
        },
      },
      async ({ params: { chain }, body }) => {
        if (body.dryRun) return latchWire.unlatchOnWire(await unlatchChain.plan(chain), false)
        return latchWire.unlatchOnWire(await unlatchChain.carryOut(chain, body.keeps), true)
      },
    )
  }
}
