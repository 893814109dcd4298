import type { Routes } from '@coffer/http/server'
import { type MerchantBalance, merchantBalances } from '@coffer/ledger/merchant-balances'
import type { Asset } from '@coffer/money/asset'
import type { Merchants } from '@coffer/payments/ports'
import { MerchantUnknownError } from '@coffer/payments/update-merchant'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { z } from 'zod'

export type MerchantBalanceRoutesOptions = {
  postgres: Postgres
  merchants: Pick<Merchants, 'find'>
  assets: readonly Asset[]
}

const balance = z.strictObject({
  asset: z.string(),
  symbol: z.string().nullable().describe('null of a currency, and of what is not configured'),
  decimals: z.int().nullable(),
  pending: z.string().describe('Paid, and not settled'),
  available: z.string().describe('Settled, and free to withdraw'),
  held: z.string().describe('Reserved for withdrawals that are under way'),
  reserve: z.string().describe('Kept back of what was settled, for a while'),
  owed: z.string().describe('What a payment that was taken back left open'),
})

/** What merchants own: put together from payments, the ledger and the configured assets. */
export function merchantBalanceRoutes(options: MerchantBalanceRoutesOptions): Routes {
  const { postgres, merchants, assets } = options
  return async (app) => {
    app.get(
      '/v1/merchants/:id/balances',
      {
        config: { access: 'merchants:read', names: { id: 'merchant' } },
        schema: {
          tags: ['merchants'],
          summary: "A merchant's balances, one for each asset that was ever booked",
          description: "Amounts are whole numbers of the asset's smallest unit.",
          params: z.strictObject({ id: z.uuid() }),
          response: { 200: z.strictObject({ items: z.array(balance) }) },
        },
      },
      async ({ params: { id } }) => {
        if ((await merchants.find(id)) === undefined) throw new MerchantUnknownError(id)
        const found = await merchantBalances(postgres, id)
        return { items: found.map((each) => balanceOnWire(each, assets)) }
      },
    )
  }
}

function balanceOnWire({ asset: id, ...amounts }: MerchantBalance, assets: readonly Asset[]) {
  const asset = assets.find((each) => each.id === id)
  return {
    asset: id,
    ...{ symbol: asset?.symbol ?? null, decimals: asset?.decimals ?? null },
    pending: `${amounts.pending}`,
    available: `${amounts.available}`,
    held: `${amounts.held}`,
    reserve: `${amounts.reserve}`,
    owed: `${amounts.owed}`,
  }
}
