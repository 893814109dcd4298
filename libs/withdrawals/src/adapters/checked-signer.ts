import { AppError } from '@coffer/errors/app-error'
import { chainReference } from '@coffer/money/chain-id'
import { keccak256, parseTransaction, recoverTransactionAddress } from 'viem'
import type { Signer, SignRequest } from '../ports.ts'

/**
 * Holds what a signer signed against what it was asked to sign, for the chain too: what is stored
 * and sent is never anything else. Throws {@link SignedOtherwiseError}.
 */
export const checkedSigner = (signer: Signer): Signer => ({
  addresses: () => signer.addresses(),
  async sign(request) {
    const signed = await signer.sign(request)
    const problem = await problemOf(request, signed)
    if (problem !== undefined) throw new SignedOtherwiseError(problem)
    return signed
  },
})

type Signed = Awaited<ReturnType<Signer['sign']>>

async function problemOf({ chain, from, transaction }: SignRequest, { raw, hash }: Signed) {
  if (keccak256(raw) !== hash) return 'its hash is another'
  const signed = parseTransaction(raw)
  if (signed.type !== 'eip1559') return `it is of the type ${signed.type}`
  if (signed.chainId !== chainReference(chain)) return `it is for the chain ${signed.chainId}`
  const sender = await recoverTransactionAddress({
    serializedTransaction: raw as `0x02${string}`,
  })
  if (sender.toLowerCase() !== from) return `${sender} signed it`
  const { nonce = 0, to, value = 0n, data = '0x', gas, maxFeePerGas } = signed
  const same =
    nonce === transaction.nonce &&
    to?.toLowerCase() === transaction.to &&
    value === transaction.value &&
    data === transaction.data &&
    gas === transaction.gas &&
    maxFeePerGas === transaction.maxFeePerGas &&
    (signed.maxPriorityFeePerGas ?? 0n) === transaction.maxPriorityFeePerGas
  return same ? undefined : 'its nonce, recipient, value, data or gas is another'
}

/** The signer is not to be trusted: nothing of what it signed was stored or sent. */
export class SignedOtherwiseError extends AppError {
  readonly code = 'SIGNED_OTHERWISE'

  constructor(problem: string) {
    super(
      `The signer signed something else than it was asked to: ${problem}. It was neither stored ` +
        'nor sent. Stop the signer and find out who answers in its place.',
      { retry: 'retry', details: { problem } },
    )
  }
}
