import type { AssetId } from '@coffer/money/asset'
import type { GroupKey } from './channel-item.ts'

/** What our books and somebody else's word do not agree on, by name. */
export type DifferenceKind =
  /** The statement has it and our books have not. */
  | 'missing_inside'
  /** Our books have it and the statement has not. */
  | 'missing_outside'
  | 'amount_differs'
  | 'asset_differs'
  /** The statement has it once more than our books. */
  | 'duplicate_line'
  /** Our books have it once more than the statement. */
  | 'duplicate_booking'
  /** What an adjustment settled has come right by itself since: it is settled twice. */
  | 'adjustment_outdated'
  /** Our addresses hold less than custody says. */
  | 'custody_short'
  /** Our addresses hold more than custody says. */
  | 'custody_surplus'
  /** We owe more than our addresses hold. */
  | 'owed_uncovered'
  /** The chain has no such transfer. */
  | 'credit_without_transfer'
  /** The transfer is of another amount, or to somebody else. */
  | 'credit_differs'
  /** One transfer is credited twice. */
  | 'credit_doubled'
  /** What we call paid is not among what its transaction moved. */
  | 'payout_without_transaction'

export type Amount = { asset: AssetId; amount: bigint }

/** Something that does not agree, as one side and the other have it. */
export type Finding = {
  kind: DifferenceKind
  /** The chain or the channel that says otherwise. */
  place: string
  /** What it is about: with kind and place it names the difference. */
  subject: string
  /** The movement of the channel. */
  group?: GroupKey | undefined
  ours?: Amount | undefined
  theirs?: Amount | undefined
  block?: bigint | undefined
  /** When it happened outside. */
  happenedAt: Date
  /** What more there is to say of it. */
  detail?: string | undefined
}

/** Whether both say the same of the same. */
export const isSameFinding = (one: Finding, other: Finding): boolean =>
  isAboutTheSame(one, other) && isSame(one.ours, other.ours) && isSame(one.theirs, other.theirs)

export const isAboutTheSame = (one: Finding, other: Finding): boolean =>
  one.kind === other.kind && one.place === other.place && one.subject === other.subject

const isSame = (one: Amount | undefined, other: Amount | undefined): boolean =>
  one?.asset === other?.asset && one?.amount === other?.amount
