import { createHash } from 'node:crypto'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** Makes one owner for each of `count` addresses and watches them from block 0. */
export async function watchAddresses(
  postgres: Postgres,
  chain: ChainId,
  count: number,
): Promise<string[]> {
  const addresses = Array.from({ length: count }, (_, index) =>
    createHash('sha256').update(`watched ${index}`).digest('hex').slice(0, 40),
  )
  await postgres.execute(sql`
    with made as (
      insert into wallets.owners (external_id)
      select 'bench-' || address from unnest(${sql.param(addresses)}::text[]) as address
      returning id, external_id
    )
    insert into wallets.addresses (chain, address, owner, watched_from)
    select ${chain}, decode(substr(external_id, 7), 'hex'), id, 0 from made`)
  return addresses.map((address) => `0x${address}`)
}
