/** How a difference is to be settled. */
export type AdjustmentKind =
  /** Its value goes to suspense; the difference stays open. */
  | 'suspend'
  /** What is in excess is earned, what is missing is lost. */
  | 'write_off'
  /** Our books are right as they are. */
  | 'accept'
  /** What is said is booked. */
  | 'entries'

/** A line of a ledger transaction as JSON has it. */
export type EntryOnWire = { owner: string; account: string; asset: string; amount: string }

export type Proposal = {
  differenceId: string
  kind: AdjustmentKind
  entries: readonly EntryOnWire[]
  reason: string
  proposedBy: string
}

/**
 * One text for each proposal, whatever made it: what the second person confirms is a hash of it.
 */
export const proposalText = ({
  differenceId,
  kind,
  entries,
  reason,
  proposedBy,
}: Proposal): string =>
  JSON.stringify([
    'coffer adjustment 1',
    ...[differenceId, kind, reason, proposedBy],
    entries.map(({ owner, account, asset, amount }) => [owner, account, asset, amount]),
  ])
