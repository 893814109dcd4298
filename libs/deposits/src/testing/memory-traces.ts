import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import { ChainLatchedError } from '../adapters/scan-lease.ts'
import { owedTraces } from '../domain/owed-traces.ts'
import type { ScanStore } from '../ports.ts'
import { isPublished, publish, storeDeposits } from './memory-deposits.ts'
import { closeGaps } from './memory-gaps.ts'
import type { Tables } from './memory-tables.ts'

/** What is found in the calls of one chain, in memory. */
export function memoryTraceStore(
  tables: Tables,
  requireLease: () => void,
): Pick<ScanStore, 'applyTraces'> {
  return {
    async applyTraces({ blocks, transfers }) {
      requireLease()
      if (tables.latched !== null) throw new ChainLatchedError(tables.chain)
      for (const { number, hash } of blocks) {
        const isCanonical = tables.blocks.get(hash)?.orphaned === false
        if (number >= tables.start && !isCanonical) throw new RescanMovedError(tables.chain)
      }
      const { final, tiers } = tables
      const stored = storeDeposits(tables, transfers, { final: final ?? -1n, tiers })
      const published = stored.filter(isPublished)
      publish(tables, published, 'confirmation')
      closeGaps(tables, owedTraces(blocks))
      return { found: stored.length, published: published.length }
    },
  }
}
