import type { AssetId } from '@coffer/money/asset'

/** How far the charge of a card is. */
export type ChargeStatus =
  /** The channel was not asked for it so far. */
  | 'waiting'
  /** It was asked, and what came of it is not known. */
  | 'asked'
  /** The channel has it, and has not decided. */
  | 'pending'
  | 'declined'
  | 'succeeded'
  /** It succeeded, and the holder of the card took it back. */
  | 'charged_back'

/** What a channel says of a charge. */
export type ChargeReport = {
  /** The payment that it is for. */
  reference: string
  /** The channel's name for it. */
  channelId: string
  asset: AssetId
  amount: bigint
  status: Exclude<ChargeStatus, 'waiting' | 'asked'>
  reason?: string | undefined
  /** When the money came, as the channel says. */
  movedAt?: Date | undefined
}

/** What is known later outweighs what was known before, whatever order it is told in. */
const ORDER: readonly ChargeStatus[] = [
  'waiting',
  'asked',
  'pending',
  'declined',
  'succeeded',
  'charged_back',
]

/**
 * What a charge goes through that was `before` and is said to be `told`; nothing if that is told
 * late. What is charged back was charged, even if nobody has told of that so far.
 */
export function stepsTo(before: ChargeStatus, told: ChargeReport['status']): ChargeStatus[] {
  if (ORDER.indexOf(told) <= ORDER.indexOf(before)) return []
  return told === 'charged_back' && before !== 'succeeded' ? ['succeeded', told] : [told]
}

/** Whether the channel has decided. A charge back is told of by itself, however late. */
export const isDecided = (status: ChargeStatus): boolean =>
  status === 'declined' || status === 'succeeded' || status === 'charged_back'
