import type { Address } from '@coffer/evm/address'
import { chainReference } from '@coffer/money/chain-id'
import { keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Signer } from '../ports.ts'

/**
 * Signs whatever it is asked to, within this process and with keys that it is given: for tests, and
 * for chains of one's own whose coin is worth nothing.
 */
export function localSigner(keys: readonly `0x${string}`[]): Signer {
  const accounts = new Map(
    keys.map((key) => {
      const account = privateKeyToAccount(key)
      return [account.address.toLowerCase() as Address, account]
    }),
  )
  return {
    addresses: async () => [...accounts.keys()],
    async sign({ chain, from, transaction }) {
      const account = accounts.get(from)
      if (account === undefined) throw new Error(`There is no key of ${from} here.`)
      const chainId = chainReference(chain)
      const raw = await account.signTransaction({ type: 'eip1559', chainId, ...transaction })
      return { raw, hash: keccak256(raw) }
    },
  }
}
