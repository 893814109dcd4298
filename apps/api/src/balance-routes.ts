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
  /** As they are now, or as they were at a moment. */
  balancesOf: (owner: string, moment?: Moment) => Promise<Balance[]>
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
export function balanceRoutes({ owners, balancesOf, assets }: BalanceRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/v1/users/:id/balances',
      {
        schema: {
          tags: ['users'],
          summary: "A user's balances, one for each asset that was ever credited",
          params: z.strictObject({ id: z.uuid() }),
          querystring: asOfQuery,
          response: { 200: z.strictObject({ items: z.array(balance) }) },
        },
      },
      async ({ params: { id }, query: { asOf, by } }) => {
        if ((await owners.find(id)) === undefined) throw new UserUnknownError(id)
        const moment = asOf === undefined ? undefined : { at: new Date(asOf), by: COLUMNS[by] }
        const found = await balancesOf(id, moment)
        return { items: found.map((each) => balanceOnWire(each, assets)) }
      },
    )
  }
}

function balanceOnWire({ asset: id, available, held }: Balance, assets: readonly Asset[]) {
  const asset = assets.find((each) => each.id === id)
  return {
    asset: id,
    symbol: asset?.symbol ?? null,
    decimals: asset?.decimals ?? null,
    available: available.toString(),
    held: held.toString(),
    display: asset ? displayAmount(available, asset.decimals) : null,
  }
}
