import { ZERO_ADDRESS } from '@coffer/evm/address'
import { paymentsAmong } from './among-watched.ts'
import type { Block } from './block.ts'
import type { DepositRules } from './detect-transfers.ts'
import { type FoundTransfer, withdrawalPlace } from './transfer.ts'

/** Withdrawals (EIP-4895) to watched addresses in `block`, in their order. They are from nobody. */
export function withdrawalTransfers(block: Block, rules: DepositRules): FoundTransfer[] {
  const { native: asset, creditWithdrawals } = rules
  const paid = (block.withdrawals ?? []).filter(({ amount }) => amount > 0n)
  return paymentsAmong(paid, rules).map(({ index, to, amount }) => {
    const transfer = { ...withdrawalPlace(index), asset, amount, from: ZERO_ADDRESS, to, block }
    return creditWithdrawals ? transfer : { ...transfer, rejection: 'withdrawal' }
  })
}

/** What withdrawals paid `account` in `block`. */
export const withdrawnTo = ({ withdrawals = [] }: Block, account: string): bigint =>
  withdrawals.reduce((sum, { to, amount }) => (to === account ? sum + amount : sum), 0n)
