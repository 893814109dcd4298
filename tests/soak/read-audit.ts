import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** What the audit lane says in the end, in all lives of the scanner together. */
export type AuditOutcome = {
  /** Whether all final blocks are audited, and nothing is owed of any. */
  isThrough: boolean
  /** In how many blocks the scan had missed deposits: those of a block are one finding. */
  missed: number
  /** All other findings, in words: what an operator has to look at. */
  findings: string[]
}

/** Reads what is recorded of the audit: the counters of a process end with it. */
export async function readAudit(postgres: Postgres): Promise<AuditOutcome> {
  const [row] = await postgres.execute<{ is_through: boolean | null }>(sql`
    select bool_and(audited_number is not null and audited_number >= final_number)
      and not exists (
        select from deposits.gaps where closed_at is null and kind = 'traces'
      ) as is_through
    from deposits.chains`)
  // One that a reorg has closed was found all the same.
  const gaps = await postgres.execute<{ reason: string }>(sql`
    select distinct from_block, reason from deposits.gaps
    where kind in ('audit', 'blocks') order by from_block`)
  const isMissed = ({ reason }: { reason: string }) => reason.startsWith('The scan had missed')
  return {
    isThrough: row?.is_through ?? false,
    missed: gaps.filter(isMissed).length,
    findings: gaps.filter((gap) => !isMissed(gap)).map(({ reason }) => reason),
  }
}
