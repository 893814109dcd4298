import type { Routes } from '@coffer/http/server'
import type { BalanceDifferences } from './balance-ports.ts'
import * as wire from './wire-balances.ts'

export type BalanceRoutesOptions = {
  differences: BalanceDifferences
  /** Told of each difference that an operator closed. */
  onResolved: (facts: { difference: bigint; reason: string }) => void
}

/** Balances that deposits do not explain. */
export function balanceDifferenceRoutes(options: BalanceRoutesOptions): Routes {
  return async (app) => {
    await app.register(listRoutes(options))
    await app.register(resolveRoutes(options))
  }
}

function listRoutes({ differences }: BalanceRoutesOptions): Routes {
  const tags = ['balances']
  return async (app) => {
    app.get(
      '/v1/admin/balance-differences',
      {
        config: { access: 'scans:read' },
        schema: {
          tags,
          summary: 'Balances that deposits do not explain, newest first',
          querystring: wire.differenceQuery,
          response: { 200: wire.differenceList },
        },
      },
      async ({ query: { chain, open: isOpen, limit, cursor: before } }) => {
        const found = await differences.list({ chain, isOpen }, { before, limit: limit + 1 })
        const page = found.slice(0, limit)
        return {
          items: page.map(wire.differenceOnWire),
          nextCursor: found.length > limit ? `${page.at(-1)?.id}` : null,
        }
      },
    )
    app.get(
      '/v1/admin/balance-skips',
      {
        config: { access: 'scans:read' },
        schema: {
          tags,
          summary: 'Balances that could not be proven, newest first',
          response: { 200: wire.skipList },
        },
      },
      async () => ({ items: (await differences.skips(SKIPS_MAX)).map(wire.skipOnWire) }),
    )
  }
}

/** Those that are shown: older ones are in the table. */
const SKIPS_MAX = 200

function resolveRoutes({ differences, onResolved }: BalanceRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/admin/balance-differences/:id/resolve',
      {
        config: { access: 'scans:write' },
        schema: {
          tags: ['balances'],
          summary: 'Close a difference that an operator can explain',
          params: wire.differenceParams,
          body: wire.resolveRequest,
          response: { 200: wire.resolveAnswer },
        },
      },
      async ({ params: { id }, body: { reason } }) => {
        const isClosed = await differences.close(id, reason)
        const found = await differences.find(id)
        if (found === undefined) throw new wire.BalanceDifferenceUnknownError(id)
        if (!isClosed) throw new wire.BalanceDifferenceClosedError(found)
        onResolved({ difference: id, reason })
        return wire.differenceOnWire(found)
      },
    )
  }
}
