import { AppError } from '@coffer/errors/app-error'
import { enqueue } from '@coffer/messaging/outbox'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { isTracing } from '@coffer/telemetry/tracing'
import { sql } from 'drizzle-orm'
import type { BlockHeader, BlockRef } from '../domain/block.ts'
import { compareBlocks } from '../domain/compare-blocks.ts'
import type { GapKind } from '../gap-ports.ts'
import type { RescanPiece, ScanStore } from '../ports.ts'
import {
  columns,
  confirmations,
  type DepositRow,
  isPublished,
  published,
  storeDeposits,
} from './deposit-rows.ts'
import { closeGaps } from './gap-rows.ts'
import { type Lease, lockChain, lockScanned } from './scan-lease.ts'
import { readBlocks, storeBlocks } from './store-blocks.ts'
import { traceStored } from './trace-stored.ts'

/** The rescans of one chain in PostgreSQL. */
export function rescanStore(
  postgres: Postgres,
  chain: ChainId,
  lease: () => Lease | undefined,
): Pick<ScanStore, 'nextRescan' | 'applyRescan' | 'failRescan'> {
  return {
    async nextRescan() {
      const [row] = await postgres.execute<{
        id: string
        next_block: string
        to_block: string
      }>(sql`
        select id, next_block, to_block from deposits.rescans
        where chain = ${chain} and status = 'pending' order by id limit 1`)
      return row && { id: row.id, next: BigInt(row.next_block), to: BigInt(row.to_block) }
    },

    async applyRescan({ id, blocks, transfers }) {
      const startMs = Date.now()
      const wrote = await postgres.transaction(async (tx) => {
        const { start, ...finality } = await lockScanned(tx, chain, lease())
        await restoreBlocks(tx, chain, blocks)
        await requireCanonical(tx, chain, { blocks, start })
        const stored = await storeDeposits(tx, chain, { transfers, ...finality })
        const fresh = stored.filter(isPublished)
        const known = await knownPublished(tx, chain, { blocks, except: stored })
        await enqueue(tx, confirmations([...fresh, ...known]))
        const added = stored.filter((row) => row.added).length
        const result = { found: transfers.length, added, republished: known.length }
        await closeGapOf(tx, chain, { id, blocks })
        await recordProgress(tx, id, { ...result, next: (blocks.at(-1)?.number ?? -1n) + 1n })
        return { result, stored }
      })
      if (isTracing()) traceStored(chain, { transfers, stored: wrote.stored }, startMs)
      return wrote.result
    },

    failRescan: (id, reason) =>
      postgres.transaction(async (tx) => {
        await lockChain(tx, chain, lease())
        await tx.execute(sql`
          update deposits.rescans set status = 'failed', reason = ${reason}, finished_at = now()
          where id = ${id} and status = 'pending'`)
      }),
  }
}

/** Blocks below the start were never stored; those above must be the ones that are. */
export async function requireCanonical(
  tx: Transaction,
  chain: ChainId,
  { blocks, start }: { blocks: readonly BlockRef[]; start: bigint },
): Promise<void> {
  const expected = blocks.filter(({ number }) => number >= start)
  const hashes = sql.param(expected.map(({ hash }) => hash.slice(2)))
  const stored = await tx.execute(sql`
    select number from deposits.blocks
    where chain = ${chain} and orphaned_at is null
      and hash in (select decode(hex, 'hex') from unnest(${hashes}::text[]) as hex)`)
  if (stored.length !== expected.length) throw new RescanMovedError(chain)
}

async function knownPublished(
  tx: Transaction,
  chain: ChainId,
  { blocks, except }: { blocks: readonly BlockHeader[]; except: readonly DepositRow[] },
): Promise<DepositRow[]> {
  const [first, last] = [blocks[0], blocks.at(-1)]
  if (first === undefined || last === undefined) return []
  return await tx.execute<DepositRow>(sql`
    select ${columns} from deposits.deposits as deposit
    where chain = ${chain} and ${published}
      and block_number between ${first.number.toString()} and ${last.number.toString()}
      and sequence <> all (${sql.param(except.map(({ sequence }) => sequence))}::bigint[])`)
}

/** Takes these blocks out of the gap that the rescan is to close, if there is one. */
async function closeGapOf(
  tx: Transaction,
  chain: ChainId,
  { id, blocks }: Pick<RescanPiece, 'id' | 'blocks'>,
): Promise<void> {
  const [first, last] = [blocks[0], blocks.at(-1)]
  if (first === undefined || last === undefined) return
  const [gap] = await tx.execute<{ id: string; kind: GapKind }>(sql`
    select gaps.id, gaps.kind from deposits.gaps
    join deposits.rescans on rescans.gap = gaps.id
    where rescans.id = ${id} and gaps.chain = ${chain}`)
  if (gap === undefined) return
  const range = { kind: gap.kind, fromBlock: first.number, toBlock: last.number }
  await closeGaps(tx, chain, { ...range, id: BigInt(gap.id) })
}

/** Stores blocks whose rows are missing, where those above prove them. */
async function restoreBlocks(
  tx: Transaction,
  chain: ChainId,
  blocks: readonly BlockHeader[],
): Promise<void> {
  const [first, last] = [blocks[0], blocks.at(-1)]
  if (first === undefined || last === undefined) return
  const rows = await readBlocks(tx, chain, { from: first.number, to: last.number + 1n })
  const { proven } = compareBlocks(blocks, new Map(rows.map((row) => [row.number, row])))
  await storeBlocks(tx, chain, proven)
}

async function recordProgress(
  tx: Transaction,
  id: string,
  done: { next: bigint; found: number; added: number; republished: number },
): Promise<void> {
  const next = done.next.toString()
  await tx.execute(sql`
    update deposits.rescans set
      next_block = ${next}, found = found + ${done.found}, added = added + ${done.added},
      republished = republished + ${done.republished},
      status = case when ${next}::bigint > to_block then 'done' else 'pending' end,
      finished_at = case when ${next}::bigint > to_block then now() end
    where id = ${id}`)
}

/** A block that was read again is not on the stored chain: a reorg is under way. Read again. */
export class RescanMovedError extends AppError {
  readonly code = 'SCAN_RESCAN_MOVED'

  constructor(chain: ChainId) {
    super(`Blocks of ${chain} that were read again are not on the stored chain. Read them anew.`, {
      retry: 'retry',
      details: { chain },
    })
  }
}
