import type { Mutation } from './mutation.ts'

const apply = 'libs/ledger/src/domain/apply-postings.ts'
const refuse = 'libs/ledger/src/domain/refuse-draft.ts'
const state = 'libs/ledger/src/domain/account-state.ts'
const post = 'libs/ledger/src/adapters/post-transactions.ts'
const check = 'libs/ledger/src/adapters/check-ledger.ts'
const tests = ['libs/ledger/src/domain/holds.test.ts']
const modelTests = ['libs/ledger/src/domain/holds-model.test.ts']
const storeTests = ['libs/ledger/src/adapters/postgres-holds.integration.test.ts']
const checkTests = ['libs/ledger/src/adapters/check-ledger.integration.test.ts']

/** Bugs in what is held, ended once, taken back once, and closed. */
export const holdsMutations: readonly Mutation[] = [
  {
    name: 'a hold is resolved twice',
    file: refuse,
    find: "if (resolvedAs !== undefined) return { reason: 'hold_resolved', hold, as: resolvedAs }",
    replace: '',
    tests,
  },
  {
    name: 'more is posted of a hold than was held',
    file: refuse,
    find: 'posted < 0n || posted > held',
    replace: 'posted < 0n',
    tests,
  },
  {
    name: 'a hold is posted when its time is over',
    file: refuse,
    find: "if (as === 'posted' && isOver)",
    replace: "if (as === 'posted' && false)",
    tests,
  },
  {
    name: 'a hold expires before its time',
    file: refuse,
    find: "if (as === 'expired' && !isOver)",
    replace: "if (as === 'expired' && false)",
    tests,
  },
  {
    name: 'a transaction is taken back twice',
    file: refuse,
    find: "if (original.isReversed) return { reason: 'already_reversed', reverses }",
    replace: '',
    tests,
  },
  {
    name: 'a credit is taken back again and again, as long as there is money',
    file: refuse,
    find: "if (original.isReversed) return { reason: 'already_reversed', reverses }",
    replace: '',
    tests: modelTests,
  },
  {
    name: 'what posters at the same time do to one account is lost',
    file: 'libs/ledger/src/adapters/postgres-accounts.ts',
    find: `    order by id
    for update`,
    replace: '    order by id',
    tests: ['libs/ledger/src/adapters/post-concurrently.integration.test.ts'],
  },
  {
    name: 'posting a part of a hold leaves the rest held',
    file: state,
    find: 'debitsPending: amount > 0n ? state.debitsPending - amount : state.debitsPending,',
    replace: 'debitsPending: state.debitsPending,',
    tests: modelTests,
  },
  {
    name: 'what the system held is set free in another shard',
    file: apply,
    find: '    : `${accountKey(account)}#${shard}`',
    replace: '    : accountKey(account)',
    tests,
  },
  {
    name: 'a closed account takes entries',
    file: apply,
    find: "if (state.isClosed) problem ??= { reason: 'account_closed', account }",
    replace: '',
    tests,
  },
  {
    name: 'an account is closed while something is held on it',
    file: state,
    find: 'state.creditsPending === 0n',
    replace: 'state.version >= 0',
    tests,
  },
  {
    name: 'what a hold reserves is counted and not written down',
    file: post,
    find: 'related.filter(({ hold }) => hold),',
    replace: '[],',
    tests: storeTests,
  },
  {
    name: 'a hold that was resolved stays among those that are open',
    file: post,
    find: 'const resolved = related.flatMap(holdOf).map(',
    replace: 'const resolved = related.slice(related.length).flatMap(holdOf).map(',
    tests: storeTests,
  },
  {
    name: 'the doctor does not count what is held',
    file: check,
    find: 'where (account.debits_pending, account.credits_pending)',
    replace: 'where false and (account.debits_pending, account.credits_pending)',
    tests: checkTests,
  },
  {
    name: 'each batch reads all transactions there are, while nobody knows how many',
    file: post,
    find: ", 'enable_material'",
    replace: '',
    tests: ['libs/ledger/src/adapters/postgres-transactions.integration.test.ts'],
  },
]
