import type { Address } from '@coffer/evm/address'
import type { BlockHash } from '@coffer/evm/hash'
import type { BlockHeader, BlockRef } from './block.ts'
import type { Transfer } from './transfer.ts'

/**
 * What an audit of final blocks finds:
 * - `missed`: a transfer that the scan should have stored, and had not;
 * - `late`: one that no scan could have, for its address was registered only afterwards;
 * - `unfounded`: a stored deposit that the chain does not show;
 * - `differs`: one that the chain shows otherwise than it is stored;
 * - `block_missing`: a block that is not stored between others that are;
 * - `block_restored`: one that was not, and is again, for the block above it proves it;
 * - `block_differs`: another block than the stored one at its height;
 * - `unread`: a block that could not be audited.
 */
export type AuditFinding = {
  kind: AuditFindingKind
  height: bigint
  /** Of which deposit, or by which error; of a block that differs the hash that another has. */
  subject: string
  /** What is wrong with it, where the kind does not say all. */
  detail?: string
}

export type AuditFindingKind =
  | 'missed'
  | 'late'
  | 'unfounded'
  | 'differs'
  | 'block_missing'
  | 'block_restored'
  | 'block_differs'
  | 'unread'

/** A stored canonical block, and when it was scanned. */
export type StoredBlock = BlockRef & { parentHash: BlockHash; scannedAt: Date }

/** A deposit as it is stored. */
export type StoredTransfer = Pick<Transfer, 'txHash' | 'amount' | 'to'> & {
  position: string
  asset: string
  owner: string
  block: BlockRef
  reason: string | null
  /** Whether it is said to be on the chain: neither orphaned nor reversed. */
  isStanding: boolean
}

/** Since when an address is watched, and whose it is. */
export type Registration = {
  owner: string
  /** The first block whose deposits are found without a rescan. */
  watchedFrom: bigint
  registeredAt: Date
}

export type Registrations = ReadonlyMap<Address, Registration>

/** Blocks below the tip are read long after they were made; so old a payment was before it. */
const PAID_BEFORE_MS = 60_000

/**
 * Whether a payment in `block` came before the address that it paid was registered, so that the
 * scan is not to blame for not knowing it. `scannedAt` is unknown of a block that is not stored.
 */
export function isLate(
  block: BlockHeader,
  { watchedFrom, registeredAt }: Registration,
  scannedAt: Date | undefined,
): boolean {
  if (block.number < watchedFrom) return true
  if (scannedAt && registeredAt >= scannedAt) return true
  // A scan that catches up may have looked at its addresses a moment before it stored the block.
  return block.time.getTime() + PAID_BEFORE_MS < registeredAt.getTime()
}

/** Findings for an operator to look at, as the one line under which a gap is opened. */
export function reasonOf(kind: AuditFindingKind, findings: readonly AuditFinding[]): string {
  const named = findings
    .slice(0, NAMED_MAX)
    .map(({ subject, detail }) => (detail ? `${subject} (${detail})` : subject))
  if (findings.length > NAMED_MAX) named.push(`${findings.length - NAMED_MAX} more`)
  const subjects = named.join(', ')
  return REASONS[kind](subjects)
}

const NAMED_MAX = 5

const REASONS: Readonly<Record<AuditFindingKind, (subjects: string) => string>> = {
  missed: (subjects) => `The scan had missed ${subjects}. It is stored now.`,
  late: (subjects) => `Paid before its address was registered: ${subjects}. It is stored now.`,
  unfounded: (subjects) => `Stored, and the chain does not show it: ${subjects}.`,
  differs: (subjects) => `Stored otherwise than the chain shows it: ${subjects}.`,
  block_missing: (subjects) => `Not stored between blocks that are: ${subjects}.`,
  block_restored: (subjects) => `Had no row between blocks that have: ${subjects}. It has again.`,
  block_differs: (subjects) => `Another endpoint has another block: ${subjects}.`,
  unread: (subjects) => `It could not be audited: ${subjects}`,
}
