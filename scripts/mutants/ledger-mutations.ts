import type { Mutation } from './mutation.ts'

const apply = 'libs/ledger/src/domain/apply-postings.ts'
const applyTests = ['libs/ledger/src/domain/apply-postings.test.ts']
const book = 'libs/ledger/src/usecases/book-deposits.ts'
const bookTests = ['libs/ledger/src/usecases/book-deposits.test.ts']
const accounts = 'libs/ledger/src/adapters/postgres-accounts.ts'
const postTests = ['libs/ledger/src/adapters/post-transactions.integration.test.ts']
const workTests = ['libs/ledger/src/adapters/postgres-unit-of-work.integration.test.ts']

/** Bugs in what is booked, once and for whom. */
export const ledgerMutations: readonly Mutation[] = [
  {
    name: 'what was taken for new and is not is given up',
    file: 'libs/ledger/src/adapters/postgres-unit-of-work.ts',
    find: 'if (isNew && error instanceof ReferenceRaceError) {',
    replace: 'if (isNew && attempts === 0) {',
    tests: workTests,
  },
  {
    name: 'after something that was not new the next is taken for new all the same',
    file: 'libs/ledger/src/adapters/postgres-unit-of-work.ts',
    find: 'toLookUp = LOOK_UP_COUNT',
    replace: 'toLookUp = 0',
    tests: workTests,
  },
  {
    name: 'what a new reversal takes back is not looked for',
    file: 'libs/ledger/src/adapters/post-transactions.ts',
    find: '!isNew || drafts.some(isAboutOthers)',
    replace: '!isNew',
    tests: ['libs/ledger/src/usecases/book-deposits.integration.test.ts'],
  },
  {
    name: 'an amount that the schema refuses is read without it',
    file: 'libs/events/src/plain-deposit.ts',
    find: 'const AMOUNT = /^(?:0|[1-9][0-9]{0,76})$/',
    replace: 'const AMOUNT = /^[0-9]{1,78}$/',
    tests: ['libs/events/src/plain-deposit.test.ts'],
  },
  {
    name: 'an owner may spend what is not there',
    file: apply,
    find: '.find(({ account }) => overdraws(account, states))',
    replace: '.find(({ account }) => overdraws(account, new Map()))',
    tests: applyTests,
  },
  {
    name: 'what is held for something else may be spent',
    file: 'libs/ledger/src/domain/account-state.ts',
    find: 'creditsPosted - debitsPosted - debitsPending',
    replace: 'creditsPosted - debitsPosted',
    tests: applyTests,
  },
  {
    name: 'another transaction under a reference is taken for the one that exists',
    file: apply,
    find: "field === undefined ? 'exists' : `exists_with_different_${field}`",
    replace: "field === null ? 'refused' : 'exists'",
    tests: applyTests,
  },
  {
    name: 'a reference that a batch holds twice is booked twice',
    file: apply,
    find: 'known.set(reference, { code, eventAt, entries, hold, resolves, reverses, closes })',
    replace: '',
    tests: applyTests,
  },
  {
    name: 'a reversal of another amount is booked',
    file: 'libs/ledger/src/domain/refuse-draft.ts',
    find: 'return isNegationOf(draft, original) ? undefined',
    replace: 'return original ? undefined',
    tests: applyTests,
  },
  {
    name: 'a draft that is refused leaves its first entries behind',
    file: apply,
    find: 'if (overdrawn) return refuse(',
    replace: `for (const [key, state] of states) changed.set(key, state)
    if (overdrawn) return refuse(`,
    tests: applyTests,
  },
  {
    name: 'a deposit that is held in suspense is credited to its owner',
    file: 'libs/ledger/src/domain/deposit-transactions.ts',
    find: '{ account: suspense(deposit), amount: -deposit.amount },',
    replace: "{ account: ownerAccount(deposit, 'owner.available'), amount: -deposit.amount },",
    tests: bookTests,
  },
  {
    name: 'entries that do not sum to zero are booked',
    file: 'libs/ledger/src/domain/transaction.ts',
    find: 'if (!balanced(entries)) return',
    replace: 'if (entries.length < 0) return',
    tests: ['libs/ledger/src/domain/transaction.test.ts'],
  },
  {
    name: 'an event that a batch holds twice is counted twice',
    file: book,
    find: "outcomes[place]?.status === 'created')",
    replace: "outcomes[place]?.status !== 'refused')",
    tests: bookTests,
  },
  {
    name: 'an event is booked under an id that is not that of its deposit',
    file: book,
    find: 'if (id !== reference) {',
    replace: "if (id === '') {",
    tests: bookTests,
  },
  {
    name: 'a conflict with what the ledger holds is passed over in silence',
    file: book,
    find: "if (outcome?.status === 'exists' || outcome?.status === 'created') return",
    replace: "if (outcome?.status !== 'refused') return",
    tests: bookTests,
  },
  {
    name: 'a deposit to a closed account is refused, though its coins are there',
    file: book,
    find: 'instanceof DepositNotBookableError) || ofClosed.size > 0',
    replace: 'instanceof DepositNotBookableError) || ofClosed.size >= 0',
    tests: bookTests,
  },
  {
    name: 'what came for a closed account is told as a credit',
    file: 'libs/ledger/src/domain/deposit-transactions.ts',
    find: "code: 'deposit.unassigned',",
    replace: '',
    tests: bookTests,
  },
  {
    name: 'what a reorg takes back of a closed account is looked for where it never was',
    file: 'libs/ledger/src/domain/deposit-transactions.ts',
    find: "    ownerAccount(deposit, 'owner.suspense'),\n",
    replace: '',
    tests: bookTests,
  },
  {
    name: 'accounts are locked in whatever order they are found',
    file: accounts,
    find: `    order by id
    for update`,
    replace: `    order by md5(id::text || pg_backend_pid())
    for update`,
    tests: postTests,
  },
  {
    name: 'accounts are read without a lock',
    file: accounts,
    find: `    order by id
    for update`,
    replace: '    order by id',
    tests: postTests,
  },
  {
    name: 'that a reference was booked meanwhile is taken for the fault of the batch',
    file: 'libs/ledger/src/adapters/post-transactions.ts',
    find: 'throw isRace ? new ReferenceRaceError(error) : error',
    replace: 'throw error',
    tests: postTests,
  },
  {
    name: 'what was refused once may be booked later',
    file: apply,
    find: 'known.set(draft.reference, { refusal })',
    replace: '',
    tests: applyTests,
  },
  {
    name: 'a refusal is forgotten when its batch is committed',
    file: 'libs/ledger/src/adapters/post-transactions.ts',
    find: 'const rows = [...created, ...refused]',
    replace: 'const rows = [...created, ...refused.slice(refused.length)]',
    tests: workTests,
  },
  {
    name: 'what was refused is announced as if it had been booked',
    file: 'libs/ledger/src/adapters/transactions-outbox.ts',
    find: "sql.raw('refusal is null')",
    replace: "sql.raw('true')",
    tests: workTests,
  },
  {
    name: 'posters share a shard of the system without a lock on it',
    file: 'libs/ledger/src/adapters/postgres-shards.ts',
    find: `where pg_try_advisory_xact_lock(\${LOCK_CLASS}, shard)`,
    replace: `where \${LOCK_CLASS} > 0`,
    tests: ['libs/ledger/src/adapters/postgres-shards.integration.test.ts'],
  },
  {
    name: 'the database accepts entries of an account that is not open',
    file: 'libs/ledger/migrations/0001_rules.sql',
    find: 'HAVING sum(entry.amount) <> 0 OR account.asset IS NULL',
    replace: 'HAVING sum(entry.amount) <> 0',
    tests: postTests,
  },
  {
    name: 'the database accepts entries of a transaction that was refused',
    file: 'libs/ledger/migrations/0001_rules.sql',
    find: 'WHERE transaction.id = entry.transaction_id AND transaction.refusal IS NULL',
    replace: 'WHERE transaction.id = entry.transaction_id',
    tests: postTests,
  },
  {
    name: 'whoever books may change what is booked',
    file: 'libs/ledger/migrations/0004_role.sql',
    find: 'GRANT SELECT, INSERT ON',
    replace: 'GRANT SELECT, INSERT, UPDATE ON',
    tests: ['libs/ledger/src/adapters/ledger-role.integration.test.ts'],
  },
  {
    name: 'the doctor does not see an account that goes back in time',
    file: 'libs/ledger/src/adapters/check-ledger.ts',
    find: 'where recorded_at < recorded_before or id < id_before',
    replace: 'where id < id_before',
    tests: ['libs/ledger/src/adapters/check-ledger.integration.test.ts'],
  },
  {
    name: 'text that means something to COPY is written as it is',
    file: 'libs/postgres/src/copy-rows.ts',
    find: 'return SPECIAL.test(text) ? text.replace',
    replace: 'return text === ALL_SPECIAL.source ? text.replace',
    tests: ['libs/postgres/src/copy-rows.integration.test.ts'],
  },
  {
    name: 'a restored ledger announces what had been announced, again and again',
    file: 'libs/messaging/src/relay.ts',
    find: 'and waiting.id + 0 > relay.restored_id',
    replace: '',
    tests: ['libs/ledger/src/adapters/transactions-outbox.integration.test.ts'],
  },
]
