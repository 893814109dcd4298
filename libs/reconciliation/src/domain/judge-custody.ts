import type { AssetId } from '@coffer/money/asset'
import { type Difference, excessOf } from './difference.ts'
import type { Finding } from './finding.ts'

export type CustodyFacts = {
  chain: string
  asset: AssetId
  /** What our addresses hold at the end of the block. */
  onChain: bigint
  /** What the ledger says that custody held then. */
  held: bigint
  heldNow: bigint
  owedNow: bigint
  /** Differences of this chain that are open. */
  open: readonly Difference[]
  block: bigint
  at: Date
}

const CUSTODY = new Set<Finding['kind']>(['custody_short', 'custody_surplus'])
const CREDITS = new Set<Finding['kind']>([
  'credit_without_transfer',
  'credit_differs',
  'credit_doubled',
])

/**
 * What of custody nothing explains at the end of a block. What is in suspense for the sake of this
 * very difference is left out of the books, or it would explain itself; and a credit that the chain
 * does not have is named by itself, and is not missing once more.
 */
export function judgeCustody(facts: CustodyFacts): Finding[] {
  const { chain, asset, onChain, open, block, at } = facts
  const { unexplained, unfounded, suspended } = explain(facts)
  const findings: Finding[] = []
  if (unexplained !== 0n) {
    const kind = unexplained > 0n ? 'custody_surplus' : 'custody_short'
    const found: Finding = {
      ...{ kind, place: chain, subject: `custody of ${asset}`, block, happenedAt: at },
      ours: { asset, amount: onChain - unexplained },
      theirs: { asset, amount: onChain },
    }
    // The same is off though both sides have moved on.
    const known = open.find((each) => each.kind === kind && offBy(each, asset) === unexplained)
    findings.push(known ?? found)
  }
  const covered = onChain + facts.heldNow - facts.held
  const missing = unfounded + (unexplained < 0n ? -unexplained : 0n)
  const owed = facts.owedNow - suspended
  // What is missing by another name is what we lack for it.
  if (covered + missing < owed) {
    const kind = 'owed_uncovered'
    const subject = `owed of ${asset}`
    const known = open.find((each) => each.kind === kind && each.subject === subject)
    const found: Finding = {
      ...{ kind, place: chain, subject, block, happenedAt: at },
      ours: { asset, amount: owed },
      theirs: { asset, amount: covered },
    }
    findings.push(known ?? found)
  }
  return findings
}

function explain({ asset, onChain, held, open }: CustodyFacts) {
  const sum = (chosen: readonly Difference[], of: (each: Difference) => bigint) =>
    chosen.reduce((total, each) => total + of(each), 0n)
  const suspended = sum(
    open.filter(({ kind, isSuspended }) => CUSTODY.has(kind) && isSuspended),
    (each) => offBy(each, asset),
  )
  const credited = sum(
    open.filter(({ kind }) => CREDITS.has(kind)),
    (each) => creditedTooMuch(each, asset),
  )
  const off = onChain - (held - suspended)
  // What was changed by hand need not show in what custody says that it held.
  const unfounded = off === 0n ? 0n : credited
  return { unexplained: off + unfounded, unfounded, suspended }
}

const offBy = (difference: Difference, asset: AssetId): bigint =>
  excessOf(difference).find((each) => each.asset === asset)?.amount ?? 0n

function creditedTooMuch({ ours, theirs }: Difference, asset: AssetId): bigint {
  const credited = ours?.asset === asset ? ours.amount : 0n
  return credited - (theirs?.asset === asset ? theirs.amount : 0n)
}
