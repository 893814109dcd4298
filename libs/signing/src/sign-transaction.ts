import type { Address } from '@coffer/evm/address'
import { chainReference } from '@coffer/money/chain-id'
import {
  keccak256,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializableEIP1559,
} from 'viem'
import type { KmsKey, SignedTransaction, SigningRequest } from './ports.ts'

/** Signs the transaction for its chain alone, and proves that the signature is the key's. */
export async function signTransaction(
  { chain, transaction }: SigningRequest,
  key: KmsKey,
): Promise<SignedTransaction> {
  const unsigned: TransactionSerializableEIP1559 = {
    type: 'eip1559',
    chainId: chainReference(chain),
    ...transaction,
  }
  const signature = await key.sign(keccak256(serializeTransaction(unsigned)))
  const raw = serializeTransaction(unsigned, signature)
  const signer = await recoverTransactionAddress({ serializedTransaction: raw })
  if ((signer.toLowerCase() as Address) !== key.address) {
    throw new Error(`Signed as ${signer} with the key of ${key.address}.`)
  }
  return { raw, hash: keccak256(raw) }
}
