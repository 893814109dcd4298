import type { ChainId } from '@coffer/money/chain-id'
import type { AuditObserver, AuditStore, AuditWitnesses } from '../audit-ports.ts'
import type { AuditFinding, StoredBlock } from '../domain/audit.ts'
import type { Block, BlockRef } from '../domain/block.ts'
import { type BlockComparison, compareBlocks } from '../domain/compare-blocks.ts'
import { compareDeposits } from '../domain/compare-deposits.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, ScanState, ScanStore } from '../ports.ts'

export type AuditRangePorts = {
  chain: ChainId
  /** Asks another endpoint than the scan did. */
  reader: Pick<ChainReader, 'blocks' | 'headerAt'>
  witnesses: AuditWitnesses
  store: Pick<ScanStore, 'latch'> & AuditStore
  findDeposits: (blocks: readonly Block[]) => Promise<FoundTransfer[]>
  /** Whether the native coin is looked for. */
  isNativeWanted: boolean
  /** How deep a reorg may be that the scan follows by itself. */
  reorgDepthMax: number
  observer: AuditObserver
}

/** Blocks to audit, when the first one that is not audited is `next`. */
export type AuditRange = { from: bigint; to: bigint; next: bigint }

/**
 * Reads final blocks again, finds their deposits anew and holds both against what is stored. What
 * is missing is stored and published; what is stored and should not be is told and left alone.
 * Answers whether the audit moved on.
 */
export function auditRange(ports: AuditRangePorts) {
  const { chain, reader, witnesses, store, findDeposits, reorgDepthMax, observer } = ports

  return async (state: ScanState, { from, to, next }: AuditRange): Promise<boolean> => {
    const read = await reader.blocks(from, to)
    const rows = await store.auditedBlocks(from, to + 1n)
    const stored = new Map(rows.map((row) => [row.number, row]))
    const compared = compareBlocks(read, stored)
    const [first] = compared.contradicted
    if (first && !(await isToBeTold(state, first.stored))) return false

    const { canonical, proven } = compared
    const { absent, findings } = await compareWith(stored, canonical, { from, to })
    const above = stored.get(to + 1n)
    const fresh = await store.applyAudit({
      ...{ next, to, proven, absent, findings: [...blockFindings(compared), ...findings] },
      canonical: above ? [...canonical, above] : canonical,
    })
    observer.audited(to, { blocks: read.length, findings: fresh })
    return true
  }

  async function compareWith(
    scanned: ReadonlyMap<bigint, StoredBlock>,
    blocks: readonly Block[],
    { from, to }: { from: bigint; to: bigint },
  ) {
    const found = await findDeposits(blocks)
    const stored = await store.auditedDeposits(from, to, found)
    const addresses = new Set([...found, ...stored].map((each) => each.to))
    const registrations = await store.registrationsOf([...addresses])
    const { isNativeWanted } = ports
    const facts = { blocks, found, stored, registrations, scanned }
    return compareDeposits({ chain, isNativeWanted, ...facts })
  }

  /**
   * Whether it is written down that an endpoint has another block than the stored one. First
   * others are asked: one that is alone in its opinion must not stop a chain, two latch it. As long
   * as a reorg may be the cause, the scan is left to follow it.
   */
  async function isToBeTold({ checkpoint }: ScanState, stored: BlockRef): Promise<boolean> {
    const agreed = await witnesses.agreedHash(stored.number)
    if (agreed === stored.hash) {
      witnesses.distrust()
      return false
    }
    const depth = (checkpoint?.number ?? 0n) - stored.number
    if (depth < BigInt(reorgDepthMax)) return false
    if (agreed === undefined) {
      return (await reader.headerAt(stored.number))?.hash !== stored.hash
    }
    await store.latch(
      `The audit found that two endpoints have ${agreed} at height ${stored.number}, where ` +
        `${stored.hash} is stored and was final.`,
    )
    return false
  }
}

function blockFindings({ proven, missing, contradicted }: BlockComparison<Block>): AuditFinding[] {
  const rowless =
    (kind: 'block_missing' | 'block_restored') =>
    ({ number: height, hash: subject }: Block): AuditFinding => ({ kind, height, subject })
  return [
    ...proven.map(rowless('block_restored')),
    ...missing.map(rowless('block_missing')),
    ...contradicted.map(
      ({ read, stored }): AuditFinding => ({
        ...{ kind: 'block_differs', height: read.number },
        subject: `${read.hash} instead of ${stored.hash}`,
      }),
    ),
  ]
}
