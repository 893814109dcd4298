import { ConfigError } from '@coffer/runtime/read-config'
import type { ProofSteps } from './block-proof.ts'

/** What becomes of withdrawals of EIP-4895, which the chain itself pays. */
export type WithdrawalPolicy = 'credit' | 'suspend'

/**
 * What settings say of withdrawals. Throws `ConfigError` where they would be credited on a node's
 * word: a header proves them, and its hash proves the header.
 */
export function withdrawalPolicy(
  withdrawals: WithdrawalPolicy,
  { headerHash, withdrawalsRoot }: ProofSteps,
): WithdrawalPolicy {
  if (withdrawals === 'suspend' || (headerHash && withdrawalsRoot)) return withdrawals
  throw new ConfigError([
    'withdrawals (WITHDRAWALS): only what is proven is credited, and proof.headerHash or ' +
      'proof.withdrawalsRoot is false, or so by the preset. Leave them in suspense on this chain.',
  ])
}
