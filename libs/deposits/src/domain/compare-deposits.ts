import type { ChainId } from '@coffer/money/chain-id'
import {
  type AuditFinding,
  isLate,
  type Registrations,
  type StoredBlock,
  type StoredTransfer,
} from './audit.ts'
import type { Block } from './block.ts'
import { UNLISTED_MAX } from './detect-transfers.ts'
import { depositId, type FoundTransfer } from './transfer.ts'

export type CompareOptions = {
  chain: ChainId
  /** Whether the native coin was looked for. */
  isNativeWanted: boolean
  /** The blocks that are audited, as they were read again. */
  blocks: readonly Block[]
  found: readonly FoundTransfer[]
  /** What is stored of these blocks, and whatever else has the identity of one of `found`. */
  stored: readonly StoredTransfer[]
  registrations: Registrations
  scanned: ReadonlyMap<bigint, Pick<StoredBlock, 'scannedAt'>>
}

/** What was found and is not stored, and everything that is wrong. */
export type Comparison = { absent: FoundTransfer[]; findings: AuditFinding[] }

/** Holds deposits that are stored against those that were found in the same blocks. */
export function compareDeposits(options: CompareOptions): Comparison {
  const { chain, found, registrations, scanned } = options
  const stored = new Map(options.stored.map((each) => [keyOf(each), each]))
  const absent: FoundTransfer[] = []
  const findings: AuditFinding[] = []
  const unlistedStored = unlistedIn(options.stored)
  for (const transfer of found) {
    const known = stored.get(keyOf(transfer))
    const height = transfer.block.number
    const subject = depositId(chain, transfer)
    if (known?.isStanding) {
      const detail = differences(known, transfer, registrations)
      if (detail !== '') findings.push({ kind: 'differs', height, subject, detail })
      continue
    }
    const isUnlisted = transfer.rejection === 'asset_not_accepted'
    // Of a transaction with more of them than are kept, others may have been kept than now.
    if (isUnlisted && (unlistedStored.get(transfer.txHash) ?? 0) >= UNLISTED_MAX) continue
    const registration = registrations.get(transfer.to)
    if (registration === undefined) continue
    const late = isLate(transfer.block, registration, scanned.get(height)?.scannedAt)
    absent.push(transfer)
    findings.push({ kind: late ? 'late' : 'missed', height, subject })
  }
  return { absent, findings: [...findings, ...unfounded(options)] }
}

/** Stored deposits that are in none of the blocks which should hold them. */
function unfounded({
  chain,
  isNativeWanted,
  blocks,
  found,
  stored,
}: CompareOptions): AuditFinding[] {
  const read = new Map(blocks.map((block) => [block.number, block]))
  const shown = new Set(found.map(keyOf))
  const unlistedFound = unlistedIn(
    found.map((transfer) => ({ ...transfer, reason: transfer.rejection })),
  )
  return stored.flatMap((deposit): AuditFinding[] => {
    const { block, txHash, reason } = deposit
    const audited = read.get(block.number)
    if (!deposit.isStanding || audited === undefined || shown.has(keyOf(deposit))) return []
    if (!isShown(deposit.position, isNativeWanted, audited)) return []
    const isUnlisted = reason === 'asset_not_accepted'
    if (isUnlisted && (unlistedFound.get(txHash) ?? 0) >= UNLISTED_MAX) return []
    const subject = `${chain}:${txHash}:${deposit.position}`
    return [{ kind: 'unfounded', height: block.number, subject }]
  })
}

/** Whether a deposit at this position is found in a block that is read as `block` was. */
function isShown(position: string, isNativeWanted: boolean, { traces }: Block): boolean {
  if (position.startsWith('log:')) return true
  if (!isNativeWanted) return false
  return position === 'value' || (position.startsWith('trace:') && traces !== undefined)
}

/**
 * What is told otherwise by `found`, in words; empty when nothing is. What a producer earned is
 * what nothing else explains, and the audit may know more of that than the scan did, which may have
 * read the block without its calls: how much it is isn't compared.
 */
function differences(
  stored: StoredTransfer,
  found: FoundTransfer,
  registrations: Registrations,
): string {
  const owner = registrations.get(found.to)?.owner ?? 'nobody'
  const isRest = stored.position === 'coinbase'
  const compared: readonly [name: string, stored: string, found: string][] = [
    ['amount', stored.amount.toString(), (isRest ? stored : found).amount.toString()],
    ['asset', stored.asset, found.asset],
    ['to', stored.to, found.to],
    ['owner', stored.owner, owner],
    ['block', stored.block.hash, found.block.hash],
  ]
  return compared
    .filter(([, one, other]) => one !== other)
    .map(([name, one, other]) => `${name} ${one} instead of ${other}`)
    .join('; ')
}

/** How many of each transaction are of tokens that nobody lists. */
function unlistedIn(
  transfers: readonly { txHash: string; reason?: string | null | undefined }[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { txHash, reason } of transfers) {
    if (reason === 'asset_not_accepted') counts.set(txHash, (counts.get(txHash) ?? 0) + 1)
  }
  return counts
}

const keyOf = ({ txHash, position }: { txHash: string; position: string }) =>
  `${txHash}:${position}`
