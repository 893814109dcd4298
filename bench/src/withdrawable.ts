import { apiClient } from '@coffer/cli/api-client'
import { openShop } from '@coffer/cli/shop'
import { startCoffer } from '@coffer/cli/start-coffer'
import { nativeAssetId } from '@coffer/money/asset'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { sql } from 'drizzle-orm'
import { momentOf } from './moment-of.ts'
import { payOneBlock } from './pay-one-block.ts'
import { ascending, percentile } from './percentile.ts'
import { tell } from './tell.ts'

const WARM_UP = 20

/** What each order costs, wei. */
const PRICE = 1_000_000n

/**
 * How long after a block is there the merchant may withdraw what was paid in it, at depth 1,
 * through every process: node → scanner → payments and accounts → settlement. Each payment is
 * settled alone.
 */
export async function withdrawable({ count = 200 }: { count?: number }) {
  await using coffer = await startCoffer({
    env: {},
    apps: ['scanner', 'accounts', 'api', 'payments', 'settlement'],
    onProgress: tell,
  })
  const { urls, chain, apiUrl: api, apiKey } = coffer
  if (chain === undefined) throw new Error('The benchmark has no chain of its own.')
  await using postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'bench' })
  const asset = nativeAssetId(chain.chain)
  const shop = await openShop(apiClient({ api, apiKey }), {
    ...{ name: 'Bench', email: 'bench@example.com' },
    thresholds: { [asset]: 1n },
  })
  const orders = Array.from({ length: count + WARM_UP }, () => shop.ask({ asset, amount: PRICE }))
  const addresses = (await Promise.all(orders)).map(({ address }) => address ?? '')
  const client = anvilClient(urls.RPC_URLS)
  await client.setAutomine(false)

  const waits: number[] = []
  for (const [place, address] of addresses.entries()) {
    const mined = await payOneBlock(client, [address], PRICE)
    const expected = BigInt(place + 1) * PRICE
    const there = await momentOf(async () => (await available(postgres, shop.id)) >= expected)
    if (place >= WARM_UP) waits.push(there - mined)
    if (place % 50 === 0) tell(`payment ${place}`)
  }
  const sorted = ascending(waits)
  return {
    parameters: { payments: count, confirmations: 1 },
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
  }
}

/** What an owner may withdraw. */
async function available(postgres: Postgres, owner: string): Promise<bigint> {
  const [row] = await postgres.execute<{ available: string | null }>(sql`
    select sum(credits_posted - debits_posted - debits_pending) as available
    from ledger.accounts where owner = ${owner} and code = 'owner.available'`)
  return BigInt(row?.available ?? 0)
}
