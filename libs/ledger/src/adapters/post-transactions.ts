import { AppError } from '@coffer/errors/app-error'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { crashPoint } from '@coffer/runtime/crash-point'
import { sql } from 'drizzle-orm'
import { bookedTransaction } from '../booked-transaction.ts'
import { applyPostings, shardKey } from '../domain/apply-postings.ts'
import type { Refusal } from '../domain/refusal.ts'
import {
  accountKey,
  accountsOf,
  checkDraft,
  debtsOf,
  type TransactionDraft,
} from '../domain/transaction.ts'
import type { BookedTransaction, PostingOutcome } from '../ports.ts'
import { IDS_OF_A_BATCH } from '../schema.ts'
import {
  closeAccounts,
  type LockedAccounts,
  lockAccounts,
  lockDebts,
  type PlacedName,
  updateAccounts,
} from './postgres-accounts.ts'
import { accountsOfHolds, endHolds, insertHolds, type RecordedRelations } from './postgres-holds.ts'
import { lockShard } from './postgres-shards.ts'
import {
  insertEntries,
  insertTransactions,
  isAboutOthers,
  readNothingRecorded,
  readRecorded,
} from './postgres-transactions.ts'

export type PostingOptions = {
  /**
   * Takes all references for new, and so looks for none of them: that is a tenth of what a batch
   * costs the database. If one is known after all it throws {@link ReferenceRaceError}.
   */
  isNew?: boolean
}

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
  { isNew = false }: PostingOptions = {},
): Promise<PostingOutcome[]> {
  if (drafts.length === 0) return []
  if (drafts.length > IDS_OF_A_BATCH) {
    throw new RangeError(`Expected at most ${IDS_OF_A_BATCH} drafts at once, got ${drafts.length}.`)
  }
  for (const draft of drafts) checkDraft(draft)
  await planBySeeks(tx)
  const names = new Map<string, PlacedName>()
  for (const draft of drafts) {
    for (const name of accountsOf(draft)) names.set(accountKey(name), name)
  }
  const held = await accountsOfHolds(tx, drafts.flatMap(holdOf))
  const shard = await lockShard(tx, [...names.values(), ...held])
  for (const name of held) names.set(shardKey({ ...name, account: name }, shard), name)
  const locked = await lockAccounts(tx, [...names.values()], shard)
  const { ids, states } = await lockDebts(tx, debtsOf(drafts), locked)
  // Read under the locks, so that whoever booked one of these on the same accounts has committed.
  const isLookedUp = !isNew || drafts.some(isAboutOthers)
  const read = isLookedUp ? await readRecorded(tx, drafts) : await readNothingRecorded(tx)
  const { recorded, relations, firstId, now } = read
  if (!coverHolds({ drafts, relations, states, shard })) throw new ReferenceRaceError()

  const { applied, changed } = applyPostings({ accounts: states, recorded, drafts, shard, now })
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
    const transaction = bookedTransaction(draft, outcome, { id: `${nextId++}`, recordedAt: now })
    created.push(transaction)
    return { status: 'created', transaction }
  })

  const related = created.filter((each) => each.hold || each.resolves || each.closes)
  const idOf = (reference: string) =>
    relations.get(reference)?.id ?? created.find((each) => each.reference === reference)?.id
  const rows = [...created, ...refused]
  const among = { recordedAt: now, accountIds: ids, idOf }
  crashPoint('posting.before-writing')
  await insertTransactions(tx, rows, among).catch(throwRace)
  crashPoint('posting.half-written')
  if (created.length === 0) return outcomes
  await insertEntries(tx, ids, created)
  await updateAccounts(tx, ids, changed)
  await bookRelated(tx, related, { ids, idOf })
  return outcomes
}

const holdOf = ({ resolves }: Pick<BookedTransaction, 'resolves'>): string[] =>
  resolves ? [resolves.hold] : []

type Covered = {
  drafts: readonly TransactionDraft[]
  relations: ReadonlyMap<string, RecordedRelations>
  states: LockedAccounts['states']
  shard: number
}

/** Whether the accounts of every hold are locked: not of one that was booked a moment ago. */
const coverHolds = ({ drafts, relations, states, shard }: Covered): boolean =>
  drafts
    .flatMap(holdOf)
    .flatMap((hold) => relations.get(hold)?.held ?? [])
    .every((entry) => states.has(shardKey(entry, shard)))

type Booked = { ids: LockedAccounts['ids']; idOf: (reference: string) => string | undefined }

/** Writes what holds reserve, and what is ended and closed. */
async function bookRelated(
  tx: Transaction,
  related: readonly BookedTransaction[],
  { ids, idOf }: Booked,
): Promise<void> {
  if (related.length === 0) return
  await insertHolds(
    tx,
    ids,
    related.filter(({ hold }) => hold),
  )
  const resolved = related.flatMap(holdOf).map((hold) => idOf(hold) as string)
  if ((await endHolds(tx, resolved)) < resolved.length) throw new ReferenceRaceError()
  const closed = related.flatMap(({ closes = [] }) => closes)
  await closeAccounts(
    tx,
    closed.map((name) => ids.get(accountKey(name)) as string),
  )
}

/**
 * Has each row sought by its index. Of tables that grow this fast the planner's figures are always
 * old, and once it thinks one small it reads the whole of it for every batch.
 */
const planBySeeks = (tx: Transaction) =>
  tx.execute(sql`
    select set_config(name, 'off', true)
    from unnest(array[
      'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material'
    ]) as name
  `)

/** What the database holds each transaction to: once booked, once resolved, once taken back. */
const ONCE = ['transactions_reference', 'transactions_resolve_once', 'transactions_reverse_once']

function throwRace(error: unknown): never {
  const isRace =
    error instanceof Error && 'constraint' in error && ONCE.includes(`${error.constraint}`)
  throw isRace ? new ReferenceRaceError(error) : error
}

/**
 * Someone else booked one of the references on other accounts, in the moment between looking and
 * inserting, or before where nobody looked. Asked again, the ledger answers that it exists.
 */
export class ReferenceRaceError extends AppError {
  readonly code = 'LEDGER_REFERENCE_RACE'

  constructor(cause?: unknown) {
    super(
      'A transaction of the same reference was booked at the same moment. ' +
        'Roll back and repeat the whole batch.',
      { retry: 'retry', cause },
    )
  }
}
