import type { BlockHash } from '@coffer/evm/hash'
import { enqueue } from '@coffer/messaging/outbox'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sentTogether } from '@coffer/postgres/sent-together'
import { isTracing } from '@coffer/telemetry/tracing'
import { type SQL, sql } from 'drizzle-orm'
import type { BlockRef } from '../domain/block.ts'
import { owedTraces } from '../domain/owed-traces.ts'
import type { Advance, ScanStore } from '../ports.ts'
import {
  columns,
  confirmations,
  type DepositRow,
  finalOf,
  isPublished,
  type OrphanedRow,
  reversals,
  type StoredFinality,
  storeDeposits,
  tiersJson,
} from './deposit-rows.ts'
import { cutGaps, openGap } from './gap-rows.ts'
import { auditStore } from './postgres-audits.ts'
import { balanceProofStore } from './postgres-balance-proofs.ts'
import { gapStore } from './postgres-gaps.ts'
import { rescanStore } from './postgres-rescans.ts'
import { traceStore } from './postgres-traces.ts'
import { holding, type Lease, LeaseLostError, type LeaseOptions, takeLease } from './scan-lease.ts'
import { storeBlocks } from './store-blocks.ts'
import { traceStored } from './trace-stored.ts'

/** How often the head is written down at most, milliseconds. */
const NOTE_MS = 1_000

/** The scan of one chain in PostgreSQL, in the tables of `../schema.ts`. */
export function postgresScanStore(postgres: Postgres, options: LeaseOptions): ScanStore {
  const { chain } = options
  let lease: Lease | undefined
  let notedAt = Number.NEGATIVE_INFINITY

  /** Moves the checkpoint, which proves the lease and locks the chain's row until commit. */
  const moveCheckpoint = async (tx: Transaction, set: SQL, from: BlockRef | null) => {
    const moved = await tx.execute(sql`
      update deposits.chains set ${set}
      where chain = ${chain} and ${holding(lease)}
        and checkpoint_hash is not distinct from decode(${from?.hash.slice(2) ?? null}, 'hex')
      returning chain`)
    if (moved.length === 0) throw new LeaseLostError(chain)
  }

  return {
    async open() {
      const taken = await takeLease(postgres, options)
      lease = taken?.lease
      return taken?.state
    },

    async advance(advance) {
      const startMs = Date.now()
      const wrote = await postgres.transaction(async (tx) => {
        const { parent, blocks, transfers, final, tiers = {}, owesTraces = false } = advance
        const owed = owesTraces && blocks.length > 0
        const [, , , stored, settled] = await sentTogether([
          moveCheckpoint(tx, checkpointAfter(advance), parent),
          storeBlocks(tx, chain, blocks),
          owed ? openGap(tx, chain, owedTraces(blocks)) : Promise.resolve(),
          storeDeposits(tx, chain, { transfers, final, tiers }),
          settle(tx, chain, { final, tiers }),
        ])
        const published = [...stored.filter(isPublished), ...settled]
        await enqueue(tx, confirmations(published))
        return { stored, settled, published: published.length }
      })
      const { stored, settled, published } = wrote
      if (isTracing()) traceStored(chain, { ...advance, stored, settled }, startMs)
      return { found: stored.length, published }
    },

    async noteHead({ number }) {
      const now = performance.now()
      if (now - notedAt < NOTE_MS) return
      notedAt = now
      await postgres.execute(sql`
        update deposits.chains set head_number = ${number.toString()}, head_seen_at = now()
        where chain = ${chain} and lease_holder = ${lease?.holder ?? null}
          and lease_epoch = ${lease?.epoch ?? null}::bigint`)
    },

    async storedBlocks(from, to) {
      const rows = await postgres.execute<{ number: string; hash: BlockHash }>(sql`
        select number, '0x' || encode(hash, 'hex') as hash from deposits.blocks
        where chain = ${chain} and orphaned_at is null
          and number between ${from.toString()} and ${to.toString()}
        order by number desc`)
      return rows.map(({ number, hash }) => ({ number: BigInt(number), hash }))
    },

    rollBack: ({ from, to }) =>
      postgres.transaction(async (tx) => {
        await moveCheckpoint(tx, checkpointAt(chain, to), from)
        return await takeBack(tx, chain, to)
      }),

    async latch(reason) {
      const latched = await postgres.execute(sql`
        update deposits.chains set latched_reason = ${reason}
        where chain = ${chain} and ${holding(lease)} returning chain`)
      if (latched.length === 0) throw new LeaseLostError(chain)
    },

    ...rescanStore(postgres, chain, () => lease),
    ...traceStore(postgres, chain, () => lease),
    ...gapStore(postgres, chain, () => lease),
    ...balanceProofStore(postgres, chain, () => lease),
    ...auditStore(postgres, chain, () => lease),
  }
}

function checkpointAfter({ blocks, head, final, tiers = {} }: Advance): SQL {
  const last = blocks.at(-1)
  const moved = last
    ? sql`checkpoint_number = ${last.number.toString()},
          checkpoint_hash = decode(${last.hash.slice(2)}, 'hex'),
          checkpoint_time = ${last.time.toISOString()},`
    : sql``
  return sql`${moved}
    head_number = ${head.number.toString()}, head_seen_at = now(),
    final_number = greatest(final_number, ${final.toString()}::bigint),
    final_tiers = ${tiersJson(tiers)}::jsonb`
}

/** The columns of a chain whose checkpoint goes back to `ancestor`. */
export function checkpointAt(chain: ChainId, ancestor: BlockRef | null): SQL {
  if (ancestor === null) {
    return sql`checkpoint_number = null, checkpoint_hash = null, checkpoint_time = null,
      final_number = null, final_tiers = null, audited_number = null`
  }
  const number = ancestor.number.toString()
  return sql`checkpoint_number = ${number},
    checkpoint_hash = decode(${ancestor.hash.slice(2)}, 'hex'),
    checkpoint_time = (select time from deposits.blocks
      where chain = ${chain} and number = ${number} and orphaned_at is null),
    final_number = least(final_number, ${number}::bigint), final_tiers = null,
    audited_number = case when audited_number > ${number}::bigint
      then ${number}::bigint else audited_number end`
}

/**
 * Makes final, or rejects, what was seen and waits for no more. No tier is final above `final`,
 * which is so all that the index has to be searched for.
 */
async function settle(
  tx: Transaction,
  chain: ChainId,
  finality: StoredFinality,
): Promise<DepositRow[]> {
  return await tx.execute<DepositRow>(sql`
    update deposits.deposits as deposit
    set status = case when reason is null then 'final' else 'rejected' end,
      revision = revision + 1, confirmed_at = now(), changed_in = pg_current_xact_id()
    where chain = ${chain} and status = 'seen' and block_number <= ${finality.final.toString()}
      and block_number <= ${finalOf(sql`deposit.tier`, finality)}
    returning ${columns}`)
}

/** Marks what is above `ancestor` orphaned, and publishes what that takes back. */
export async function takeBack(tx: Transaction, chain: ChainId, ancestor: BlockRef | null) {
  const above = ancestor ? sql`and number > ${ancestor.number.toString()}` : sql``
  const blocks = await tx.execute(sql`
    update deposits.blocks set orphaned_at = now()
    where chain = ${chain} and orphaned_at is null ${above} returning number`)
  const published = await orphanDeposits(tx, chain, ancestor)
  await enqueue(tx, reversals(published, 'reorg'))
  await cutGaps(tx, chain, ancestor)
  return { blocks: blocks.length, reversed: published.length }
}

/**
 * Whether a deposit goes when everything above `ancestor` does.
 * Without an ancestor those are all since the start. What a rescan found below the start was in no
 * stored block: if it is final it stays; if not it goes, since nobody knows how deep the reorg is.
 */
export function isAbove(chain: ChainId, ancestor: BlockRef | null): SQL {
  return ancestor
    ? sql`block_number > ${ancestor.number.toString()}`
    : sql`(status = 'seen' or block_number >= (
        select start_number from deposits.chains where chain = ${chain}))`
}

/** Marks the deposits above `ancestor` and returns those that had been published. */
async function orphanDeposits(tx: Transaction, chain: ChainId, ancestor: BlockRef | null) {
  const rows = await tx.execute<OrphanedRow>(sql`
    update deposits.deposits as deposit set status = 'orphaned', reason = 'reorg',
      changed_in = pg_current_xact_id()
    where chain = ${chain} and status in ('seen', 'final', 'credited', 'rejected')
      and ${isAbove(chain, ancestor)}
    returning ${columns}, old.status as status_before, old.reason as reason_before`)
  return rows.filter((row) => isPublished({ status: row.status_before, reason: row.reason_before }))
}
