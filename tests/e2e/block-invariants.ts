import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient, quantity } from '@coffer/simulator/anvil-client'
import { sql } from 'drizzle-orm'
import type { Violation } from './invariants.ts'

export type BlockInputs = { postgres: Postgres; rpcUrl: string; chain: ChainId }

type StoredBlock = { number: string; hash: string; parent: string }

/**
 * I8: from the start to the checkpoint every block is stored, linked to its parent, and the node's.
 */
export async function blockViolations(inputs: BlockInputs): Promise<Violation[]> {
  const { postgres, rpcUrl, chain } = inputs
  const [scan] = await postgres.execute<{ start: string; checkpoint: string; hash: string }>(sql`
    select start_number as start, checkpoint_number as checkpoint,
      '0x' || encode(checkpoint_hash, 'hex') as hash
    from deposits.chains where chain = ${chain}`)
  if (scan === undefined) return [{ invariant: 'I8', problem: `${chain} is not scanned` }]
  const stored = await postgres.execute<StoredBlock>(sql`
    select number, '0x' || encode(hash, 'hex') as hash, '0x' || encode(parent_hash, 'hex') as parent
    from deposits.blocks where chain = ${chain} and orphaned_at is null order by number`)
  const onChain = await anvilClient(rpcUrl).batch<{ hash: string } | null>(
    stored.map(({ number }) => {
      return { method: 'eth_getBlockByNumber', params: [quantity(BigInt(number)), false] }
    }),
  )

  const problems: string[] = []
  for (const [index, { number, hash, parent }] of stored.entries()) {
    const expected = BigInt(scan.start) + BigInt(index)
    if (BigInt(number) !== expected) {
      problems.push(`block ${expected} is not stored; ${number} follows`)
      break
    }
    const below = stored[index - 1]
    if (below && below.hash !== parent)
      problems.push(`block ${number} does not stand on the one below`)
    if (onChain[index]?.hash !== hash) problems.push(`block ${number} is not the chain's: ${hash}`)
  }
  const last = stored.at(-1)
  if (last?.number !== scan.checkpoint || last.hash !== scan.hash) {
    problems.push(`the checkpoint is ${scan.checkpoint}, the last stored block ${last?.number}`)
  }
  return problems.map((problem) => ({ invariant: 'I8', problem }))
}
