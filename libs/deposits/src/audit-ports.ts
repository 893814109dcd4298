import type { Address } from '@coffer/evm/address'
import type { BlockHash } from '@coffer/evm/hash'
import type { AuditFinding, Registrations, StoredBlock, StoredTransfer } from './domain/audit.ts'
import type { BlockHeader, BlockRef } from './domain/block.ts'
import type { FoundTransfer } from './domain/transfer.ts'

/** Which blocks may be audited. */
export type AuditPosition = {
  /** First block of the scan. */
  start: bigint
  /** First block that is not audited yet. */
  next: bigint
  /** The last one that may be: it is final, and nothing is owed of it or of any below. */
  last: bigint
}

/** Blocks that were audited, and what came of it. */
export type AuditPiece = {
  /** {@link AuditPosition.next} as it was read. */
  next: bigint
  /** The last block that is audited now. */
  to: bigint
  /** What the stored chain must still have. */
  canonical: readonly BlockRef[]
  /** Blocks whose rows were missing. */
  proven: readonly BlockHeader[]
  /** Transfers that were not stored. */
  absent: readonly FoundTransfer[]
  findings: readonly AuditFinding[]
}

/**
 * Where the audit of one chain stands, what it looks at and what it writes. Adapter:
 * `adapters/postgres-audits.ts`.
 */
export type AuditStore = {
  auditPosition(): Promise<AuditPosition>
  /** Stored canonical blocks from `from` to `to`. */
  auditedBlocks(from: bigint, to: bigint): Promise<StoredBlock[]>
  /** Deposits in blocks from `from` to `to`, and those with the identity of one of `found`. */
  auditedDeposits(
    from: bigint,
    to: bigint,
    found: readonly FoundTransfer[],
  ): Promise<StoredTransfer[]>
  registrationsOf(addresses: readonly Address[]): Promise<Registrations>
  /**
   * Moves the audit on, stores what was absent and publishes it, stores missing blocks, and opens
   * a gap for whatever an operator has to look at: one transaction under the chain's lease. Answers
   * the findings that were new: without what somebody else stored meanwhile, or what a gap tells
   * already. Throws `RescanMovedError` when a block or the audit's position has moved, when not all
   * of it is final any more, or when a block is stored that was missing.
   */
  applyAudit(piece: AuditPiece): Promise<AuditFinding[]>
}

/** What an audit tells about itself. Adapter: `adapters/audit-telemetry.ts`. */
export type AuditObserver = {
  audited(to: bigint, facts: { blocks: number; findings: readonly AuditFinding[] }): void
}

/** Whom else to ask about a block. Adapter: `adapters/audit-source.ts`. */
export type AuditWitnesses = {
  /** The hash that two hosts agree on; `undefined` where there is one host only. */
  agreedHash(height: bigint): Promise<BlockHash | undefined>
  /** Asks somebody else the next time than who was asked last. */
  distrust(): void
}
