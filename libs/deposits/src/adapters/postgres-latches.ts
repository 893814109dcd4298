import type { BlockHash } from '@coffer/evm/hash'
import { parseUnits } from '@coffer/money/units'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { depositId } from '../domain/transfer.ts'
import type { Latches, PublishedDeposit } from '../latch-ports.ts'
import { columns, type DepositRow, published } from './deposit-rows.ts'
import { checkpointAt, isAbove, takeBack } from './postgres-scan-store.ts'
import { readScanState } from './scan-lease.ts'

/** {@link Latches} in the tables of `../schema.ts`. */
export function postgresLatches(postgres: Postgres): Latches {
  return {
    state: (chain) => readScanState(postgres, chain),

    async storedBlock(chain, height) {
      const [row] = await postgres.execute<{ hash: BlockHash }>(sql`
        select '0x' || encode(hash, 'hex') as hash from deposits.blocks
        where chain = ${chain} and orphaned_at is null and number = ${height.toString()}`)
      return row && { number: height, hash: row.hash }
    },

    async reversible(chain, to, limit) {
      const rows = await postgres.execute<DepositRow & { total: string }>(sql`
        select ${columns}, count(*) over () as total from deposits.deposits as deposit
        where chain = ${chain} and ${published} and ${isAbove(chain, to)}
        order by block_number, sequence limit ${limit}`)
      return { count: Number(rows[0]?.total ?? 0), oldest: rows.map(depositOf) }
    },

    unlatch: (chain, { from, to }) =>
      postgres.transaction(async (tx) => {
        const isTakenBack = to?.hash !== from?.hash
        const moved = isTakenBack ? sql`, ${checkpointAt(chain, to)}` : sql``
        const freed = await tx.execute(sql`
          update deposits.chains set latched_reason = null ${moved}
          where chain = ${chain} and latched_reason is not null
            and checkpoint_hash is not distinct from decode(${from?.hash.slice(2) ?? null}, 'hex')
          returning chain`)
        if (freed.length === 0) return undefined
        return isTakenBack ? await takeBack(tx, chain, to) : { blocks: 0, reversed: 0 }
      }),
  }
}

const depositOf = (row: DepositRow): PublishedDeposit => ({
  id: depositId(row.chain, { txHash: row.tx_hash, position: row.position }),
  owner: row.owner,
  asset: row.asset,
  amount: parseUnits(row.amount),
  status: row.status,
  blockNumber: BigInt(row.block_number),
})
