import type { Routes } from '@coffer/http/server'
import type { Balance } from '@coffer/ledger/balances'
import type { Asset } from '@coffer/money/asset'
import { displayAmount } from '@coffer/money/display'
import { UserUnknownError } from '@coffer/wallets/assign-address'
import type { Owners } from '@coffer/wallets/ports'
import { z } from 'zod'

export type BalanceRoutesOptions = {
  owners: Pick<Owners, 'find'>
  balancesOf: (owner: string) => Promise<Balance[]>
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
          response: { 200: z.strictObject({ items: z.array(balance) }) },
        },
      },
      async ({ params: { id } }) => {
        if ((await owners.find(id)) === undefined) throw new UserUnknownError(id)
        return { items: (await balancesOf(id)).map((each) => balanceOnWire(each, assets)) }
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
