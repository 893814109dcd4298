import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import { z } from 'zod'

const asset = z.strictObject({
  id: z.string().describe('CAIP-19'),
  chain: z.string().describe('CAIP-2'),
  contract: z.string().nullable().describe("null of a chain's own coin"),
  symbol: z.string(),
  decimals: z.int(),
})

/** What is accepted here. */
export function assetRoutes(assets: readonly Asset[]): Routes {
  return async (app) => {
    app.get(
      '/v1/assets',
      {
        config: { access: 'chains:read' },
        schema: {
          tags: ['chains'],
          summary: 'The assets that are accepted, with what it takes to show their amounts',
          response: { 200: z.strictObject({ items: z.array(asset) }) },
        },
      },
      async () => ({
        items: assets.map(({ id, chain, contract, symbol, decimals }) => {
          return { id, chain, contract, symbol, decimals }
        }),
      }),
    )
  }
}
