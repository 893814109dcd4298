import { isNegationOf, type Recorded, type RecordedTransaction } from './recorded-transaction.ts'
import type { Refusal } from './refusal.ts'
import { accountKey, type TransactionDraft } from './transaction.ts'

/** What the ledger holds of the references that drafts name, by reference. */
export type Known = ReadonlyMap<string, Recorded>

/** What was booked under a reference; nothing if it was refused, or never asked for. */
const bookedUnder = (known: Known, reference: string): RecordedTransaction | undefined => {
  const recorded = known.get(reference)
  return recorded === undefined || 'refusal' in recorded ? undefined : recorded
}

/** Why what the ledger holds at `now` does not allow `draft`, whatever is on its accounts. */
export function refuseDraft(draft: TransactionDraft, known: Known, now: Date): Refusal | undefined {
  const { unless } = draft
  if (unless !== undefined && bookedUnder(known, unless)) return { reason: 'contradicts', unless }
  return refuseReversal(draft, known) ?? refuseResolution(draft, known, now)
}

function refuseReversal(draft: TransactionDraft, known: Known): Refusal | undefined {
  const { reverses } = draft
  if (reverses === undefined) return undefined
  const original = bookedUnder(known, reverses)
  if (original === undefined || original.hold) return { reason: 'nothing_to_reverse', reverses }
  if (original.isReversed) return { reason: 'already_reversed', reverses }
  return isNegationOf(draft, original) ? undefined : { reason: 'not_the_negation', reverses }
}

function refuseResolution(draft: TransactionDraft, known: Known, now: Date): Refusal | undefined {
  if (draft.resolves === undefined) return undefined
  const { hold, as } = draft.resolves
  const original = bookedUnder(known, hold)
  if (original?.hold === undefined) return { reason: 'no_such_hold', hold }
  const { expiresAt, resolvedAs } = original.hold
  if (resolvedAs !== undefined) return { reason: 'hold_resolved', hold, as: resolvedAs }
  const isOver = expiresAt !== undefined && expiresAt.getTime() <= now.getTime()
  if (as === 'expired' && !isOver) return { reason: 'hold_not_expired', hold }
  // Nobody may post it any more, though its expiry has not been booked yet.
  if (as === 'posted' && isOver) return { reason: 'hold_resolved', hold, as: 'expired' }
  const account = accountBeyond(draft, original)
  return account && { reason: 'exceeds_hold', hold, account }
}

/** An account of a hold on which `draft` books more than was held, or on the other side. */
function accountBeyond(draft: TransactionDraft, hold: RecordedTransaction) {
  const sums = new Map<string, bigint>()
  for (const { account, amount } of draft.entries) {
    const key = accountKey(account)
    sums.set(key, (sums.get(key) ?? 0n) + amount)
  }
  return hold.entries.find(({ account, amount: held }) => {
    const posted = sums.get(accountKey(account)) ?? 0n
    return held > 0n ? posted < 0n || posted > held : posted > 0n || posted < held
  })?.account
}
