import { chainReference } from '@coffer/money/chain-id'
import { type Address, type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { AnvilClient } from './anvil-client.ts'
import { pauseMining } from './pause-mining.ts'

export type RawCall = { to: Address; value?: bigint; data?: Hex; gas?: bigint }

/** A signed transaction: it keeps its hash, whichever block holds it. */
export type RawTransaction = { raw: Hex; hash: Hex; nonce: number }

export type RawSender = {
  address: Address
  /** Signs the next transaction, and sends nothing. */
  sign(call: RawCall): Promise<RawTransaction>
  /** Signs another in the place of `transaction`: of both only one can ever be mined. */
  rival(transaction: RawTransaction, call: RawCall): Promise<RawTransaction>
  /** Mines one block that holds these transactions, in this order. */
  mine(...transactions: readonly RawTransaction[]): Promise<void>
}

/**
 * An account of its own for each `name`, with a thousand coins. Make it below the blocks that a
 * reorg replaces, or it has nothing on the new branch.
 */
export async function rawSender(client: AnvilClient, name: string): Promise<RawSender> {
  const account = privateKeyToAccount(keccak256(toHex(`coffer raw sender ${name}`)))
  const address = account.address.toLowerCase() as Address
  const chainId = chainReference(await client.chain())
  await client.setBalance(address, 10n ** 21n)
  await client.mine()
  const count = await client.request<Hex>('eth_getTransactionCount', [address, 'latest'])
  let next = Number(count)
  const signAt = async (nonce: number, call: RawCall): Promise<RawTransaction> => {
    const raw = await account.signTransaction({ ...FEES, gas: 200_000n, ...call, chainId, nonce })
    return { raw, hash: keccak256(raw), nonce }
  }
  return {
    address,
    sign: (call) => signAt(next++, call),
    rival: ({ nonce }, call) => signAt(nonce, call),
    mine: (...transactions) =>
      pauseMining(client, async () => {
        for (const { raw } of transactions) await client.request('eth_sendRawTransaction', [raw])
        await client.mine()
      }),
  }
}

const FEES = {
  type: 'eip1559',
  maxFeePerGas: 10n ** 12n,
  maxPriorityFeePerGas: 10n ** 9n,
} as const
