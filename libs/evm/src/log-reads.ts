import { ConfigError } from '@coffer/runtime/read-config'
import type { ProofSteps } from './block-proof.ts'

/** How blocks are read by their logs, of a chain whose native coin is not wanted. */
export type LogReads = {
  /** Whether a block in which a deposit was found is read again by its receipts. */
  proveDeposits: boolean
}

/**
 * What settings say of reading by logs; nothing when blocks are read by their receipts. Throws
 * `ConfigError` where logs would not show, or not prove, what is wanted.
 */
export function logReads(
  settings: { reads: 'receipts' | 'logs'; native: string; proveDeposits: boolean },
  proof: ProofSteps,
): { byLogs?: LogReads } {
  const { reads, native, proveDeposits } = settings
  if (reads !== 'logs') return {}
  if (native !== 'none') {
    throw new ConfigError([
      `reads (BLOCK_READS): logs show no native coin, and native (NATIVE_TRANSFERS) is ` +
        `"${native}". Set it to "none" where only tokens are wanted, or read by receipts.`,
    ])
  }
  // A bloom tells of all logs of a block, where its header is proven by its hash.
  if (!proof.headerHash || !proof.logsBloom) {
    throw new ConfigError([
      'reads (BLOCK_READS): that no log was left out is proven by the bloom in the header, and ' +
        'proof.headerHash or proof.logsBloom is false. Read such a chain by receipts.',
    ])
  }
  return { byLogs: { proveDeposits } }
}
