import { setTimeout as pause } from 'node:timers/promises'
import { chainScan } from '@coffer/deposits/chain-scan'
import { silentObserver } from '@coffer/deposits/testing/silent-observer'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/**
 * Of blocks that all have as many logs 50 would have a round number, which the reader takes for the
 * limit of a node, each time; on a real chain that is rare.
 */
const CHUNK_BLOCKS = 60

/**
 * Seconds from the first block to the last, everything committed. Forgets every scan before, and
 * checks that nothing is missing.
 */
export async function timeScan(
  postgres: Postgres,
  config: ChainConfig,
  expected: { blocks: number; deposits: number },
): Promise<number> {
  await postgres.execute(sql`
    truncate deposits.chains, deposits.blocks, deposits.deposits, messaging.outbox`)
  let blocks = 0
  await using scan = await chainScan({
    config,
    postgres,
    observer: {
      ...silentObserver,
      advanced(_, facts) {
        blocks += facts.blocks
      },
    },
    holder: 'bench',
    leaseMs: 10_000,
    chunkBlocks: CHUNK_BLOCKS,
    chunksMax: 4,
  })
  const beginning = performance.now()
  while (blocks < expected.blocks) if ((await scan.scan()) === 'idle') await pause(1)
  const seconds = (performance.now() - beginning) / 1_000
  const [row] = await postgres.execute<{ deposits: number; events: number }>(sql`
    select (select count(*)::int from deposits.deposits) as deposits,
      (select count(*)::int from messaging.outbox) as events`)
  if (row?.deposits !== expected.deposits || row.events !== expected.deposits) {
    throw new Error(
      `Expected ${expected.deposits} deposits and events, got ${JSON.stringify(row)}.`,
    )
  }
  return seconds
}
