import { crashPoint } from '@coffer/runtime/crash-point'
import { type Counts, judgeRequest } from './judge-request.ts'
import type { SigningPolicy } from './policy.ts'
import type {
  KeyRing,
  SignedEntry,
  SignedTransaction,
  Signer,
  SigningJournal,
  SigningRequest,
} from './ports.ts'
import { requestDigests } from './request-wire.ts'
import { signTransaction } from './sign-transaction.ts'
import { payoutContents, signingHistory } from './signing-history.ts'
import { SigningRefusedError } from './signing-refused.ts'

export type JournaledSignerOptions = {
  keys: KeyRing
  policy: SigningPolicy
  journal: SigningJournal
  /** Milliseconds since 1970, by which windows are counted. */
  nowMs: () => number
}

/**
 * The signer itself: signs what the policy allows and what contradicts nothing that it has signed,
 * one after the other, and hands out nothing that the journal does not have.
 */
export function journaledSigner({ keys, policy, journal, nowMs }: JournaledSignerOptions): Signer {
  const history = signingHistory(policy, journal.entries)

  const signOnce = async (request: SigningRequest): Promise<SignedTransaction> => {
    const answered = history.answered(request)
    if (answered) return { raw: answered.raw, hash: answered.hash }
    const counts = judgeRequest(request, policy, keys)
    const at = nowMs()
    history.judge(request, counts, at)
    const key = keys.keyOf(request.from, request.derivationIndex)
    if (!key) throw new SigningRefusedError('from', `there is no key of ${request.from}.`)
    const signed = await signTransaction(request, key)
    const entry = entryOf(request, { at, counts, ...signed })
    await journal.append(entry)
    history.add(entry)
    crashPoint('signer.after-journal')
    return signed
  }

  let last: Promise<unknown> = Promise.resolve()
  return {
    sign(request) {
      const signing = last.then(() => signOnce(request))
      last = signing.catch(() => undefined)
      return signing
    },
    addresses: async () => [...keys.addresses],
  }
}

function entryOf(
  request: SigningRequest,
  { at, counts, raw, hash }: SignedTransaction & { at: number; counts: Counts },
): SignedEntry {
  const { chain, from, purpose, transaction } = request
  const { nonce, maxFeePerGas, maxPriorityFeePerGas } = transaction
  return {
    at,
    chain,
    from,
    nonce,
    purpose,
    ...requestDigests(request),
    maxFeePerGas: maxFeePerGas.toString(),
    maxPriorityFeePerGas: maxPriorityFeePerGas.toString(),
    counts: Object.fromEntries([...counts].map(([key, { amount }]) => [key, amount.toString()])),
    payouts: payoutContents(request),
    raw,
    hash,
  }
}
