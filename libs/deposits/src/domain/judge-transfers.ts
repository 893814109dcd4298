import type { DepositRules } from './detect-transfers.ts'
import type { Rejection } from './rejection.ts'
import type { FoundTransfer } from './transfer.ts'

/**
 * The transfers, each with the reason why it is not credited where there is one, and with the tier
 * that its amount waits for.
 */
export const judgeTransfers = (
  transfers: readonly FoundTransfer[],
  rules: DepositRules,
): FoundTransfer[] =>
  transfers.map((transfer) => {
    const rejection = transfer.rejection ?? rejectionOf(transfer, rules)
    if (rejection) return { ...transfer, rejection }
    const tier = tierOf(transfer, rules)
    return tier ? { ...transfer, tier } : transfer
  })

function tierOf({ asset, amount }: FoundTransfer, { tiers }: DepositRules): string | undefined {
  return tiers
    .get(asset)
    ?.findLast(({ from }) => amount >= from)
    ?.confirmations.toString()
}

/** The sender of an accepted asset can be believed; what a log of another token says can't. */
function rejectionOf(
  { from, to, asset, amount }: FoundTransfer,
  { isOurs, minimums }: DepositRules,
): Rejection | undefined {
  // A watched address may be a customer's own, imported to be watched: what it sends is a payment.
  if (isOurs(from) || from === to) return 'internal'
  if (amount < (minimums.get(asset) ?? 0n)) return 'below_minimum'
  return undefined
}
