import { type AuditFinding, reasonOf } from './audit.ts'

/** A gap to open, and the findings that it tells. */
type AuditGap = {
  gap: { kind: 'audit' | 'blocks'; fromBlock: bigint; toBlock: bigint; reason: string }
  tells: readonly AuditFinding[]
}

/** The gaps that show an operator what was found: one for each block and kind of finding. */
export function gapsToOpen(findings: readonly AuditFinding[]): AuditGap[] {
  const shown = findings.filter(({ kind }) => kind !== 'late')
  const groups = Map.groupBy(shown, ({ kind, height }) =>
    // Rows that are missing are missing in runs.
    kind === 'block_missing' || kind === 'block_restored' ? kind : `${kind} ${height}`,
  )
  return [...groups.values()].map((tells) => {
    const heights = tells.map(({ height }) => height)
    const { kind } = tells[0] as AuditFinding
    return {
      tells,
      gap: {
        kind: kind === 'block_missing' ? 'blocks' : 'audit',
        fromBlock: heights.reduce((a, b) => (a < b ? a : b)),
        toBlock: heights.reduce((a, b) => (a > b ? a : b)),
        reason: reasonOf(kind, tells),
      },
    }
  })
}

/** The findings, without those of transfers that were not written: somebody else stored them. */
export const withoutUnwritten = (
  findings: readonly AuditFinding[],
  written: ReadonlySet<string>,
): AuditFinding[] =>
  findings.filter(
    ({ kind, subject }) => (kind !== 'missed' && kind !== 'late') || written.has(subject),
  )
