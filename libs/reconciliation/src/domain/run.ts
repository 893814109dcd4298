/** What is reconciled: our books with a channel's statements, or with what a chain holds. */
export type RunScope = 'channel' | 'chain'

export type RunStatus = 'running' | 'done' | 'failed'

/** How far a run is. It is JSON, as it is stored. */
export type RunProgress =
  | { scope: 'channel'; after?: { kind: string; reference: string } }
  | {
      scope: 'chain'
      /** What is being done. */
      phase: 'block' | 'credits' | 'payouts' | 'balances' | 'comparing'
      block?: { number: string; hash: `0x${string}`; at: string }
      /** Up to where credits are held against the chain. */
      creditsAfter?: string
      /** Credits of later blocks were left out: the next run begins before them. */
      leavesOut?: true
      /** Payouts that ended before are not looked at. */
      payoutsSince?: string
      /** The last payout that was held against the chain. */
      payoutsAfter?: { endedAt: string; id: string }
      /** The last address whose balances are added up. */
      addressAfter?: `0x${string}`
      /** Sums of balances by asset. */
      sums: Record<string, string>
    }

export type RunCounts = {
  /** Movements, credits and balances that were looked at. */
  checked: number
  opened: number
  explained: number
}

export type Run = {
  id: string
  scope: RunScope
  /** The channel or the chain. */
  place: string
  through: Date | undefined
  isWhole: boolean
  status: RunStatus
  /** Grows with each step. */
  version: number
  progress: RunProgress
  counts: RunCounts
  dueAt: Date
  startedAt: Date
  finishedAt: Date | undefined
  /** Steps in a row that failed. */
  failures: number
  lastError: string | undefined
}

/** The first progress of a run. */
export const beginningOf = (scope: RunScope): RunProgress =>
  scope === 'channel' ? { scope } : { scope, phase: 'block', sums: {} }

/** Adds what a step did. */
export const addedCounts = (one: RunCounts, other: Partial<RunCounts>): RunCounts => ({
  checked: one.checked + (other.checked ?? 0),
  opened: one.opened + (other.opened ?? 0),
  explained: one.explained + (other.explained ?? 0),
})
