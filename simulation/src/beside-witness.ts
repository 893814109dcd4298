import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import type { Happening } from './coverage.ts'
import type { Payers } from './payers.ts'
import type { Room } from './room.ts'
import type { ScanLies } from './scan-lies.ts'

type Store = ReturnType<MemoryScan['database']['store']>
type Piece = Parameters<Store['applyAudit']>[0]
type Finding = Piece['findings'][number]
type Step = Parameters<Store['recordProof']>[0]

/** Looks at what the audit and the balance proof write. */
export type BesideWitness = {
  audited(piece: Piece, fresh: readonly Finding[]): void
  proved(step: Step, found: { explained: number }): void
  /** Whether the audit has told of a deposit that is not what the chain shows. */
  hasTold(id: string): boolean
  /** Whether a block was given up by the audit. */
  isUnread(height: bigint): boolean
  /** Hash of the block at whose end the difference with this id was noticed. */
  noticedAt(difference: bigint): string | undefined
}

const SEEN: Partial<Record<Finding['kind'], Happening>> = {
  missed: 'audit: missed deposit found',
  late: 'audit: late payment found',
  unfounded: 'audit: unfounded deposit told',
  differs: 'audit: deposit of another amount told',
  block_differs: 'audit: another block told',
  unread: 'audit: block that could not be read',
}

/** Holds whatever the audit finds against what was planted: it must find that, and nothing else. */
export function besideWitness(
  room: Room,
  { payers, lies }: { payers: Payers; lies: ScanLies },
): BesideWitness {
  const { violations, coverage, trace } = room
  const wrong = new Set<string>()
  const unread = new Set<bigint>()
  const noticed: string[] = []

  /** Why a finding may be; `undefined` is that nothing was planted which it could be of. */
  const causeOf = ({ kind, subject, detail = '' }: Finding): string | undefined => {
    const [, hash = ''] = /:(0x[0-9a-f]{64}):/.exec(subject) ?? []
    if (kind === 'unread') return 'a node'
    if (kind === 'block_differs') return room.mayLatch ? 'another branch' : undefined
    if (kind === 'missed' || kind === 'late') {
      if (lies.hasHidden(subject)) return 'hidden'
      return payers.hasEarly(hash) ? 'early' : undefined
    }
    const [, stored = ''] = /amount (\d+) instead/.exec(detail) ?? []
    if (kind === 'differs') return lies.hasMadeUp(subject, BigInt(stored || -1)) ? 'lie' : undefined
    return kind === 'unfounded' && lies.hasMadeUpAny(subject) ? 'lie' : undefined
  }
  return {
    audited({ findings }, fresh) {
      for (const finding of fresh) {
        const { kind, subject, detail = '', height } = finding
        trace.say(`audit: ${kind} at ${height}, ${subject} ${detail}`)
        const seen = SEEN[kind]
        if (seen) coverage.saw(seen)
        if (causeOf(finding) === undefined) {
          violations.push(`I3: the audit tells of ${kind} ${subject} ${detail}, and nobody lied`)
        }
      }
      for (const { kind, subject, height } of findings) {
        if (kind === 'unfounded' || kind === 'differs') wrong.add(subject)
        if (kind === 'unread') unread.add(height)
      }
    },
    proved({ to, proven, differences }, { explained }) {
      if (proven.length > 0) coverage.saw('proof: balances proven')
      if (explained > 0) coverage.saw('proof: difference explained later')
      for (const { asset, holder, from, base, detected, sent, found } of differences) {
        noticed.push(to.hash)
        trace.say(
          `proof: ${asset} of ${holder} from ${from} to ${to.number}: ` +
            `${base} + ${detected} - ${sent} and not ${found}`,
        )
      }
    },
    hasTold: (id) => wrong.has(id),
    isUnread: (height) => unread.has(height),
    noticedAt: (difference) => noticed[Number(difference) - 1],
  }
}
