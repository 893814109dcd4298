import { enqueue } from '@coffer/messaging/outbox'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTracing } from '@coffer/telemetry/tracing'
import { owedTraces } from '../domain/owed-traces.ts'
import type { ScanStore } from '../ports.ts'
import { confirmations, isPublished, storeDeposits } from './deposit-rows.ts'
import { closeGaps } from './gap-rows.ts'
import { requireCanonical } from './postgres-rescans.ts'
import { type Lease, lockScanned } from './scan-lease.ts'
import { traceStored } from './trace-stored.ts'

/** What is found in the calls of one chain, in PostgreSQL. */
export function traceStore(
  postgres: Postgres,
  chain: ChainId,
  lease: () => Lease | undefined,
): Pick<ScanStore, 'applyTraces'> {
  return {
    async applyTraces({ blocks, transfers }) {
      const startMs = Date.now()
      const wrote = await postgres.transaction(async (tx) => {
        const { start, ...finality } = await lockScanned(tx, chain, lease())
        await requireCanonical(tx, chain, { blocks, start })
        const stored = await storeDeposits(tx, chain, { transfers, ...finality })
        const published = stored.filter(isPublished)
        await enqueue(tx, confirmations(published))
        await closeGaps(tx, chain, owedTraces(blocks))
        return { stored, published: published.length }
      })
      const { stored, published } = wrote
      if (isTracing()) traceStored(chain, { transfers, stored }, startMs)
      return { found: stored.length, published }
    },
  }
}
