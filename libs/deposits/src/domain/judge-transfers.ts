import type { DepositRules } from './detect-transfers.ts'
import type { Rejection } from './rejection.ts'
import type { FoundTransfer } from './transfer.ts'

/** The transfers, each with the reason why it is not credited where there is one. */
export const judgeTransfers = (
  transfers: readonly FoundTransfer[],
  rules: DepositRules,
): FoundTransfer[] =>
  transfers.map((transfer) => {
    const rejection = transfer.rejection ?? rejectionOf(transfer, rules)
    return rejection ? { ...transfer, rejection } : transfer
  })

/** The sender of an accepted asset can be believed; what a log of another token says can't. */
function rejectionOf(
  { from, asset, amount }: FoundTransfer,
  { isOurs, minimums }: DepositRules,
): Rejection | undefined {
  if (isOurs(from)) return 'internal'
  if (amount < (minimums.get(asset) ?? 0n)) return 'below_minimum'
  return undefined
}
