import type { Address } from '@coffer/evm/address'
import { type TxHash, txHash } from '@coffer/evm/hash'
import { type AnvilClient, quantity } from '@coffer/simulator/anvil-client'
import { type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

/** A signed transaction: it keeps its hash, whichever block holds it. */
export type RawPayment = { raw: Hex; hash: TxHash }

/** Signs payments of the native coin, each from an account of its own, so that any may be lost. */
export function rawPayments(client: AnvilClient, seed: string) {
  let made = 0
  return async (to: Address, value: bigint): Promise<RawPayment> => {
    made += 1
    const payer = privateKeyToAccount(keccak256(toHex(`${seed} ${made}`)))
    await client.request('anvil_setBalance', [payer.address, quantity(10n ** 20n)])
    const raw = await payer.signTransaction({
      type: 'eip1559',
      chainId: 31_337,
      nonce: 0,
      gas: 21_000n,
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 10n ** 9n,
      to,
      value,
    })
    return { raw, hash: txHash(keccak256(raw)) }
  }
}

/** Mines a block that holds `payments`, in this order. */
export async function mineWith(client: AnvilClient, ...payments: readonly RawPayment[]) {
  for (const { raw } of payments) await client.request('eth_sendRawTransaction', [raw])
  await client.mine()
}
