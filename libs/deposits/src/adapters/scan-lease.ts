import { AppError } from '@coffer/errors/app-error'
import type { BlockHash } from '@coffer/evm/hash'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { TierHeights } from '../domain/finality.ts'
import type { ScanState } from '../ports.ts'

export type LeaseOptions = {
  chain: ChainId
  /** Names this process among all that ever ran. */
  holder: string
  /** How long the others wait before they take over from a process that is silent. */
  leaseMs: number
}

/** The lease that this process holds. A commit under an older epoch is refused. */
export type Lease = { holder: string; epoch: string }

type Row = {
  start_number: string
  checkpoint_number: string | null
  checkpoint_hash: string | null
  final_number: string | null
  latched_reason: string | null
  lease_epoch: string
  fresh: boolean
}

const state = sql`
  start_number, checkpoint_number, '0x' || encode(checkpoint_hash, 'hex') as checkpoint_hash,
  final_number, latched_reason, lease_epoch`

/**
 * Reads where the scan stands, if this process holds the chain's lease or can take it. The
 * database's clock alone decides: the clocks of two machines never have to agree. It writes only
 * when half of the lease is over.
 */
export async function takeLease(
  postgres: Postgres,
  { chain, holder, leaseMs }: LeaseOptions,
): Promise<{ lease: Lease; state: ScanState } | undefined> {
  const ttl = sql`make_interval(secs => ${leaseMs / 1_000})`
  let [row] = await postgres.execute<Row>(sql`
    select ${state}, lease_until > now() + ${ttl} / 2 as fresh
    from deposits.chains where chain = ${chain} and lease_holder = ${holder}`)
  if (!row?.fresh) {
    ;[row] = await postgres.execute<Row>(sql`
      update deposits.chains set
        lease_epoch = lease_epoch + (lease_holder is distinct from ${holder})::int,
        lease_holder = ${holder},
        lease_until = now() + ${ttl}
      where chain = ${chain}
        and (lease_holder is null or lease_holder = ${holder} or lease_until < now())
      returning ${state}, true as fresh`)
  }
  return row && { lease: { holder, epoch: row.lease_epoch }, state: stateOf(row) }
}

/** Reads where the scan stands, whoever has the lease; `undefined` before the chain has a row. */
export async function readScanState(
  postgres: Postgres,
  chain: ChainId,
): Promise<ScanState | undefined> {
  const [row] = await postgres.execute<Row>(sql`
    select ${state} from deposits.chains where chain = ${chain}`)
  return row && stateOf(row)
}

/** Whether a row of `deposits.chains` is under this lease and not under a later one. */
export const holding = (lease: Lease | undefined) => sql`
  lease_holder = ${lease?.holder ?? null} and lease_epoch = ${lease?.epoch ?? null}::bigint`

/**
 * Locks the chain's row until the transaction ends, which proves the lease. Throws
 * {@link LeaseLostError}.
 */
export async function lockChain(tx: Transaction, chain: ChainId, lease: Lease | undefined) {
  const [row] = await tx.execute<LockedRow>(sql`
    select start_number, final_number, final_tiers, latched_reason from deposits.chains
    where chain = ${chain} and ${holding(lease)}
    for update`)
  if (row === undefined) throw new LeaseLostError(chain)
  return {
    start: BigInt(row.start_number),
    final: BigInt(row.final_number ?? -1),
    tiers: tiersOf(row.final_tiers),
    latched: row.latched_reason,
  }
}

/** The same of a chain that is not latched. Throws {@link ChainLatchedError} besides. */
export async function lockScanned(tx: Transaction, chain: ChainId, lease: Lease | undefined) {
  const { latched, ...locked } = await lockChain(tx, chain, lease)
  if (latched !== null) throw new ChainLatchedError(chain)
  return locked
}

type LockedRow = Pick<Row, 'start_number' | 'final_number' | 'latched_reason'> & {
  final_tiers: Readonly<Record<string, string>> | null
}

const tiersOf = (heights: LockedRow['final_tiers']): TierHeights =>
  Object.fromEntries(Object.entries(heights ?? {}).map(([tier, text]) => [tier, BigInt(text)]))

/** Makes sure that the chain has a row. A start that is already stored stays. */
export async function ensureChain(
  postgres: Postgres,
  { chain, start }: { chain: ChainId; start: bigint },
): Promise<void> {
  await postgres.execute(sql`
    insert into deposits.chains (chain, start_number) values (${chain}, ${start.toString()})
    on conflict do nothing`)
}

function stateOf(row: Row): ScanState {
  const { checkpoint_number: number, checkpoint_hash: hash, final_number: final } = row
  return {
    checkpoint:
      number === null || hash === null ? null : { number: BigInt(number), hash: hash as BlockHash },
    start: BigInt(row.start_number),
    final: final === null ? null : BigInt(final),
    latched: row.latched_reason,
  }
}

/** Another process follows this chain now. What this one was about to write was not written. */
export class LeaseLostError extends AppError {
  readonly code = 'SCAN_LEASE_LOST'

  constructor(chain: ChainId) {
    super(
      `Another process has taken over ${chain}, or its checkpoint has moved since it was read; ` +
        'nothing was written.',
      { retry: 'retry', details: { chain } },
    )
  }
}

/** The chain was latched while blocks of it were read: nothing of them is told. */
export class ChainLatchedError extends AppError {
  readonly code = 'SCAN_LATCHED'

  constructor(chain: ChainId) {
    super(`${chain} was latched while blocks were read again; they wait until that is lifted.`, {
      retry: 'retry',
      details: { chain },
    })
  }
}
