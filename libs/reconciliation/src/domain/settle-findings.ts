import { type Difference, isSurplus } from './difference.ts'
import { type Finding, isAboutTheSame, isSameFinding } from './finding.ts'

export type Settled = {
  /** What was not known before. */
  opened: Difference[]
  /** What was open, and is no more what is found. */
  explained: Difference[]
}

/**
 * Holds what is found now against what was found before of the same, `known`: those that are open
 * and those that were adjusted. What was adjusted is not opened again as long as it is found.
 */
export function settleFindings(
  findings: readonly Finding[],
  known: readonly Difference[],
  { newId, now }: { newId: () => string; now: Date },
): Settled {
  const outdated = known
    .filter(({ status, kind }) => status === 'adjusted' && kind !== 'adjustment_outdated')
    .filter((difference) => !findings.some((each) => isAboutTheSame(each, difference)))
    .map((difference) => outdatedFinding(difference))
  const found = [...findings, ...outdated]
  return {
    opened: found
      .filter((finding) => !known.some((each) => isSameFinding(each, finding)))
      .map((finding) => ({
        ...finding,
        id: newId(),
        status: 'open',
        isSuspended: isSurplus(finding),
        noticedAt: now,
      })),
    explained: known
      .filter(({ status }) => status === 'open')
      .filter((difference) => !found.some((each) => isSameFinding(each, difference))),
  }
}

const outdatedFinding = ({ id, kind, place, subject, ...rest }: Difference): Finding => ({
  kind: 'adjustment_outdated',
  place,
  subject: `difference ${id}`,
  group: rest.group,
  happenedAt: rest.happenedAt,
  detail: `${kind}: ${subject}`,
})
