import { AppError } from '@coffer/errors/app-error'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { applyPostings } from '../domain/apply-postings.ts'
import type { Refusal } from '../domain/refusal.ts'
import { accountKey, accountsOf, checkDraft, type TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction, PostingOutcome } from '../ports.ts'
import { IDS_OF_A_BATCH } from '../schema.ts'
import { lockAccounts, updateAccounts } from './postgres-accounts.ts'
import { lockShard } from './postgres-shards.ts'
import { insertEntries, insertTransactions, readRecorded } from './postgres-transactions.ts'

/**
 * Books a whole batch in `tx`, each draft wholly or not at all, in the order given, and answers
 * each in its place. A reference is booked once, whoever asks and however often; one that is
 * refused is refused for ever, if `tx` commits. What is booked is announced by being there: see
 * `transactionsOutbox`.
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
  if (drafts.length > IDS_OF_A_BATCH) {
    throw new RangeError(`Expected at most ${IDS_OF_A_BATCH} drafts at once, got ${drafts.length}.`)
  }
  for (const draft of drafts) checkDraft(draft)
  const names = new Map(drafts.flatMap(accountsOf).map((name) => [accountKey(name), name]))
  const shard = await lockShard(tx, [...names.values()])
  const { ids, states } = await lockAccounts(tx, [...names.values()], shard)
  // Read under the locks, so that whoever booked one of these on the same accounts has committed.
  const references = drafts.flatMap(({ reference, reverses }) => [reference, reverses ?? reference])
  const { recorded, firstId, now } = await readRecorded(tx, [...new Set(references)])

  const { applied, changed } = applyPostings({ accounts: states, recorded, drafts, shard })
  let nextId = firstId
  const created: BookedTransaction[] = []
  const refused: (TransactionDraft & { id: string; refusal: Refusal })[] = []
  const outcomes = applied.map((outcome, place): PostingOutcome => {
    const draft = drafts[place] as TransactionDraft
    if (outcome.status === 'refused' && !recorded.has(draft.reference)) {
      const { refusal } = outcome
      // A batch may ask twice.
      recorded.set(draft.reference, { refusal })
      refused.push({ ...draft, id: `${nextId++}`, refusal })
    }
    if (outcome.status !== 'created') return outcome
    const { reference, code, owner, eventAt, traceparent } = draft
    const { entries } = outcome
    const id = `${nextId++}`
    const transaction = { id, reference, code, owner, eventAt, recordedAt: now, entries }
    created.push(traceparent === undefined ? transaction : { ...transaction, traceparent })
    return { status: 'created', transaction: created.at(-1) as BookedTransaction }
  })

  const inserted = await insertTransactions(tx, [...created, ...refused], now)
  if (inserted < created.length + refused.length) throw new ReferenceRaceError()
  if (created.length === 0) return outcomes
  await insertEntries(tx, ids, created)
  await updateAccounts(tx, ids, changed)
  return outcomes
}

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
