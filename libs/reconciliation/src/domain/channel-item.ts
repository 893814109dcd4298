import type { AssetId } from '@coffer/money/asset'

/** What a channel moves: in for a payment, out for the others. */
export const ITEM_KINDS = ['payment', 'refund', 'chargeback', 'fee', 'other'] as const

export type ItemKind = (typeof ITEM_KINDS)[number]

/** One movement as both sides name it: what was given to the channel as our reference, and why. */
export type GroupKey = { channel: string; kind: ItemKind; reference: string }

/** What our ledger says that a channel moved. */
export type Booking = GroupKey & {
  /** Reference of the ledger transaction. */
  id: string
  asset: AssetId
  /** What the channel owes us more by it; less if it is negative. */
  amount: bigint
  movedAt: Date
}

/** What a channel's statement says that it moved. */
export type Line = GroupKey & {
  statementId: string
  /** Its place in the statement, from 1. */
  line: number
  /** The channel's own name for it. */
  channelReference: string
  asset: AssetId
  /** What the channel owes us more by it; less if it is negative. */
  amount: bigint
  movedAt: Date
}

/** One text for each movement. The kinds hold no space. */
export const groupText = ({ channel, kind, reference }: GroupKey): string =>
  `${kind} ${channel} ${reference}`

/** Names a line among all of its channel. */
export const lineId = ({ statementId, line }: Pick<Line, 'statementId' | 'line'>): string =>
  `${statementId}#${line}`

/** What the channel owes us more by a line that tells an amount without its sign. */
export const signedAmount = (kind: ItemKind, amount: bigint): bigint =>
  kind === 'payment' ? amount : -amount
