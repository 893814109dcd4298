import type { Routes } from '@coffer/http/server'
import type { Balance } from '@coffer/ledger/balances'
import type { Moment } from '@coffer/ledger/balances-at'
import type { Asset } from '@coffer/money/asset'
import { displayAmount } from '@coffer/money/display'
import { UserUnknownError } from '@coffer/wallets/assign-address'
import type { Owners } from '@coffer/wallets/ports'
import { z } from 'zod'

export type BalanceRoutesOptions = {
  owners: Pick<Owners, 'find'>
  /** As they are now; `undefined` for whoever is no user. */
  currentBalances: (owner: string) => Promise<Balance[] | undefined>
  /** As they were at a moment. */
  balancesAt: (owner: string, moment: Moment) => Promise<Balance[]>
  assets: readonly Asset[]
}

const balance = z.strictObject({
  asset: z.string(),
  symbol: z.string().nullable().describe('null when the asset is not configured any more'),
  decimals: z.int().nullable(),
  available: z.string().describe("Whole number of the asset's smallest unit, free to spend"),
  held: z.string().describe("Whole number of the asset's smallest unit, reserved"),
  display: z.string().nullable().describe('available as people read it. Not for computing'),
})

const COLUMNS = { recordedAt: 'recorded_at', eventAt: 'event_at' } as const

const asOfQuery = z.strictObject({
  asOf: z.iso
    .datetime()
    .optional()
    .describe('As they were then, that millisecond included. Default: as they are'),
  by: z
    .enum(['recordedAt', 'eventAt'])
    .default('recordedAt')
    .describe('Whether asOf means when things were booked, or when they happened'),
})

/** What users own: put together from wallets, the ledger and the configured assets. */
export function balanceRoutes(options: BalanceRoutesOptions): Routes {
  const { owners, currentBalances, balancesAt } = options
  const onWire = balanceOnWire(options.assets)
  return async (app) => {
    app.get(
      '/v1/users/:id/balances',
      {
        // Checking each answer against its schema would be a good part of what a request costs.
        serializerCompiler: () => JSON.stringify,
        config: { access: 'users:read', names: { id: 'user' } },
        schema: {
          tags: ['users'],
          summary: "A user's balances, one for each asset that was ever credited",
          params: z.strictObject({ id: z.uuid() }),
          querystring: asOfQuery,
          response: { 200: z.strictObject({ items: z.array(balance) }) },
        },
      },
      async ({ params: { id }, query: { asOf, by } }) => {
        const then = async (at: string) =>
          (await owners.find(id)) && (await balancesAt(id, { at: new Date(at), by: COLUMNS[by] }))
        const found = await (asOf === undefined ? currentBalances(id.toLowerCase()) : then(asOf))
        if (found === undefined) throw new UserUnknownError(id)
        return { items: found.map(onWire) }
      },
    )
  }
}

function balanceOnWire(assets: readonly Asset[]) {
  const byId = new Map(assets.map((asset) => [asset.id, asset]))
  return ({ asset: id, available, held }: Balance): z.input<typeof balance> => {
    const asset = byId.get(id)
    return {
      asset: id,
      symbol: asset?.symbol ?? null,
      decimals: asset?.decimals ?? null,
      available: available.toString(),
      held: held.toString(),
      display: asset ? displayAmount(available, asset.decimals) : null,
    }
  }
}
