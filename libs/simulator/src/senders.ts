import { AppError } from '@coffer/errors/app-error'
import type { Address, Hex } from 'viem'
import { type AnvilClient, quantity } from './anvil-client.ts'

/** An account that the node signs for, and the nonce of its next transaction. */
export type Sender = { account: Address; nonce: number }

/**
 * The node's own accounts but the first, which is left to whoever works by hand, and but those
 * that are watched, since what funds them would look like a deposit.
 */
export async function findSenders(
  client: AnvilClient,
  watched: readonly string[],
): Promise<Sender[]> {
  const excluded = new Set(watched.map((address) => address.toLowerCase()))
  const [, ...others] = await client.accounts()
  const accounts = others.filter((account) => !excluded.has(account))
  if (accounts.length === 0) throw new NoSenderError()
  const nonces = await client.batch<Hex>(
    accounts.map((account) => {
      return { method: 'eth_getTransactionCount', params: [account, 'pending'] }
    }),
  )
  return accounts.map((account, index) => ({ account, nonce: Number(nonces[index]) }))
}

/** Gives each sender `wei` on top of what it has. */
export async function addBalances(
  client: AnvilClient,
  grants: readonly { account: Address; wei: bigint }[],
): Promise<void> {
  const balances = await client.batch<Hex>(
    grants.map(({ account }) => ({ method: 'eth_getBalance', params: [account, 'latest'] })),
  )
  await client.batch(
    grants.map(({ account, wei }, index) => {
      const balance = BigInt(balances[index] ?? 0) + wei
      return { method: 'anvil_setBalance', params: [account, quantity(balance)] }
    }),
  )
}

export class NoSenderError extends AppError {
  readonly code = 'SIMULATOR_NO_SENDER'

  constructor() {
    super(
      'No account to send from. Expected a node with at least one unlocked account besides its ' +
        'first that is not itself watched; start Anvil with more --accounts.',
      { retry: 'never' },
    )
  }
}
