import { AppError } from '@coffer/errors/app-error'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { applyPostings } from '../domain/apply-postings.ts'
import { accountKey, accountsOf, checkDraft, type TransactionDraft } from '../domain/transaction.ts'
import type { PostingOutcome } from '../ports.ts'
import { lockAccounts, updateAccounts } from './postgres-accounts.ts'
import { insertEntries, insertTransactions, readRecorded } from './postgres-transactions.ts'

/**
 * Books a whole batch in `tx`, each draft wholly or not at all, in the order given, and answers
 * each in its place. A reference is booked once, whoever asks and however often; a draft that is
 * refused leaves nothing behind and may be asked for again.
 *
 * The accounts stay locked until `tx` ends. Call it once a transaction, at READ COMMITTED: then
 * posters never deadlock with one another. Throws `TransactionDraftError` on a draft that no state
 * of the ledger could accept, and {@link ReferenceRaceError}; `tx` must then be rolled back.
 */
export async function postTransactions(
  tx: Transaction,
  drafts: readonly TransactionDraft[],
): Promise<PostingOutcome[]> {
  if (drafts.length === 0) return []
  for (const draft of drafts) checkDraft(draft)
  const names = new Map(drafts.flatMap(accountsOf).map((name) => [accountKey(name), name]))
  const { ids, states } = await lockAccounts(tx, [...names.values()])
  // Read under the locks, so that whoever booked one of these on the same accounts has committed.
  const references = drafts.flatMap(({ reference, reverses }) => [reference, reverses ?? reference])
  const recorded = await readRecorded(tx, [...new Set(references)])

  const { applied, changed } = applyPostings({ accounts: states, recorded, drafts })
  const created = drafts.filter((_, place) => applied[place]?.status === 'created')
  if (created.length === 0) return applied.filter((outcome) => outcome.status !== 'created')

  const inserted = await insertTransactions(tx, created)
  if (inserted.size < created.length) throw new ReferenceRaceError()
  const outcomes = applied.map((outcome, place): PostingOutcome => {
    if (outcome.status !== 'created') return outcome
    const { reference, code, eventAt } = drafts[place] as TransactionDraft
    const { id, recordedAt } = inserted.get(reference) as { id: string; recordedAt: Date }
    const { entries } = outcome
    return { status: 'created', transaction: { id, reference, code, eventAt, recordedAt, entries } }
  })
  await insertEntries(tx, ids, outcomes.flatMap(entriesToInsert))
  await updateAccounts(tx, ids, changed)
  return outcomes
}

const entriesToInsert = (outcome: PostingOutcome) =>
  outcome.status === 'created'
    ? outcome.transaction.entries.map((entry) => ({
        ...entry,
        transactionId: outcome.transaction.id,
      }))
    : []

/**
 * Someone else booked one of the references on other accounts, in the moment between looking and
 * inserting. Asked again, the ledger answers that it exists.
 */
export class ReferenceRaceError extends AppError {
  readonly code = 'LEDGER_REFERENCE_RACE'

  constructor() {
    super(
      'A transaction of the same reference was booked at the same moment. ' +
        'Roll back and repeat the whole batch.',
      { retry: 'retry' },
    )
  }
}
