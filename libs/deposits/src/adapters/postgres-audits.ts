import type { Address } from '@coffer/evm/address'
import type { BlockHash, TxHash } from '@coffer/evm/hash'
import { enqueue } from '@coffer/messaging/outbox'
import type { ChainId } from '@coffer/money/chain-id'
import { parseUnits } from '@coffer/money/units'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { readRegistrations } from '@coffer/wallets/watched-addresses'
import { type SQL, sql } from 'drizzle-orm'
import type { AuditStore } from '../audit-ports.ts'
import type { AuditFinding, StoredTransfer } from '../domain/audit.ts'
import { gapsToOpen, withoutUnwritten } from '../domain/audit-gaps.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import { confirmations, isPublished, storeDeposits } from './deposit-rows.ts'
import { openGap } from './gap-rows.ts'
import { RescanMovedError, requireCanonical } from './postgres-rescans.ts'
import { type Lease, lockScanned } from './scan-lease.ts'
import { readBlocks, storeBlocks } from './store-blocks.ts'

/** The audit of one chain in PostgreSQL. */
export function auditStore(
  postgres: Postgres,
  chain: ChainId,
  lease: () => Lease | undefined,
): AuditStore {
  return {
    async auditPosition() {
      const [row] = await postgres.execute<{ start: string; next: string; last: string }>(sql`
        select start_number as start, coalesce(audited_number + 1, start_number) as next,
          least(coalesce(final_number, -1), ${beforeTraces(chain)}) as last
        from deposits.chains where chain = ${chain}`)
      const { start = '0', next = '0', last = '-1' } = row ?? {}
      return { start: BigInt(start), next: BigInt(next), last: BigInt(last) }
    },

    auditedBlocks: (from, to) => readBlocks(postgres, chain, { from, to }),

    auditedDeposits: (from, to, found) => storedDeposits(postgres, chain, { from, to, found }),

    registrationsOf: (addresses) => readRegistrations(postgres, chain, addresses),

    applyAudit: ({ next, to, canonical, proven, absent, findings }) =>
      postgres.transaction(async (tx) => {
        const { start, ...finality } = await lockScanned(tx, chain, lease())
        // A reorg has taken blocks back since they were said to be final.
        if (to > finality.final) throw new RescanMovedError(chain)
        await requireTraced(tx, chain, to)
        await requireMissing(tx, chain, findings)
        await moveOn(tx, chain, { next, to })
        await storeBlocks(tx, chain, proven)
        await requireCanonical(tx, chain, { blocks: canonical, start })
        const stored = await storeDeposits(tx, chain, { transfers: absent, ...finality })
        await enqueue(tx, confirmations(stored.filter(isPublished)))
        const written = new Set(stored.map((row) => `${row.chain}:${row.tx_hash}:${row.position}`))
        const real = withoutUnwritten(findings, written)
        const known = new Set<unknown>()
        for (const { gap, tells } of gapsToOpen(real)) {
          const isNew = await openGap(tx, chain, gap)
          if (!isNew) for (const finding of tells) known.add(finding)
        }
        return real.filter((finding) => !known.has(finding))
      }),
  }
}

const hex = (column: SQL) => sql`'0x' || encode(${column}, 'hex')`

/** The last block before those whose traces are owed. */
const beforeTraces = (chain: ChainId) => sql`(
  select min(from_block) - 1 from deposits.gaps
  where chain = ${chain} and kind = 'traces' and closed_at is null)`

/** What was scanned anew while the audit was reading may owe its traces again. */
async function requireTraced(tx: Transaction, chain: ChainId, to: bigint): Promise<void> {
  const owed = await tx.execute(sql`select where ${beforeTraces(chain)} < ${to.toString()}`)
  if (owed.length > 0) throw new RescanMovedError(chain)
}

/** Moves the audit from before `next` to `to`, if it still stands there. */
async function moveOn(
  tx: Transaction,
  chain: ChainId,
  { next, to }: { next: bigint; to: bigint },
): Promise<void> {
  const moved = await tx.execute(sql`
    update deposits.chains set audited_number = ${to.toString()}
    where chain = ${chain}
      and coalesce(audited_number + 1, start_number) = ${next.toString()}
    returning chain`)
  if (moved.length === 0) throw new RescanMovedError(chain)
}

/** What a reorg took away while the audit was reading is not missing once it is scanned again. */
async function requireMissing(
  tx: Transaction,
  chain: ChainId,
  findings: readonly AuditFinding[],
): Promise<void> {
  const missing = findings.filter(({ kind }) => kind === 'block_missing')
  if (missing.length === 0) return
  const heights = sql.param(missing.map(({ height }) => height.toString()))
  const stored = await tx.execute(sql`
    select number from deposits.blocks
    where chain = ${chain} and orphaned_at is null and number = any (${heights}::bigint[])`)
  if (stored.length > 0) throw new RescanMovedError(chain)
}

type DepositRow = Omit<StoredTransfer, 'amount' | 'block'> & {
  amount: string
  number: string
  hash: BlockHash
}

async function storedDeposits(
  postgres: Postgres,
  chain: ChainId,
  { from, to, found }: { from: bigint; to: bigint; found: readonly FoundTransfer[] },
): Promise<StoredTransfer[]> {
  const list = (pick: (transfer: FoundTransfer) => string) => sql.param(found.map(pick))
  const rows = await postgres.execute<DepositRow>(sql`
    select ${hex(sql`tx_hash`)} as "txHash", position, asset, amount::text as amount,
      ${hex(sql`"to"`)} as "to", owner, block_number as number,
      ${hex(sql`block_hash`)} as hash, reason,
      status not in ('orphaned', 'reversed') as "isStanding"
    from deposits.deposits
    where chain = ${chain} and sequence in (
      select sequence from deposits.deposits
      where chain = ${chain} and block_number between ${from.toString()} and ${to.toString()}
      union
      select sequence from deposits.deposits
      join unnest(
        ${list(({ txHash }) => txHash.slice(2))}::text[],
        ${list(({ position }) => position)}::text[]
      ) as found (hash, place)
        on chain = ${chain} and tx_hash = decode(found.hash, 'hex') and position = found.place)`)
  return rows.map(({ amount, number, hash, txHash, to: address, ...row }) => ({
    ...row,
    txHash: txHash as TxHash,
    to: address as Address,
    amount: parseUnits(amount),
    block: { number: BigInt(number), hash },
  }))
}
