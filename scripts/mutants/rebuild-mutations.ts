import type { Mutation } from './mutation.ts'

const settle = 'libs/ledger/src/adapters/settle-shadow.ts'
const differences = 'libs/ledger/src/adapters/differences.ts'
const rebuild = 'libs/ledger/src/usecases/rebuild-ledger.ts'
const place = 'libs/ledger/src/adapters/put-shadow-in-place.ts'
const tests = ['libs/ledger/src/usecases/rebuild-ledger.integration.test.ts']
const differenceTests = ['libs/ledger/src/adapters/differences.integration.test.ts']

/** Bugs in what is rebuilt from the log, and in how it is compared. */
export const rebuildMutations: readonly Mutation[] = [
  {
    name: 'a gap in the log is passed over',
    file: rebuild,
    find: 'if (offset > expected) problems.push(missing(partition, expected, offset))',
    replace: '',
    tests,
  },
  {
    name: 'what a relay repeated is counted twice',
    file: settle,
    find: 'group by id having count(*) > 1`',
    replace: 'group by id having count(*) > 9`',
    tests,
  },
  {
    name: 'balances are not compared',
    file: differences,
    find: 'or live.balance_after <> logged.balance_after',
    replace: '',
    tests: differenceTests,
  },
  {
    name: 'entries that the ledger alone has are not seen',
    file: differences,
    find: 'where live.account_id is null or logged.account_id is null',
    replace: 'where live.account_id is null',
    tests: differenceTests,
  },
  {
    name: 'ids are given a second time after a rebuild',
    file: place,
    find: "select setval('ledger.transactions_id_seq',",
    replace: 'select greatest(0,',
    tests,
  },
  {
    name: 'what came out of the log is published again',
    file: place,
    find: 'coalesce(max(id), 0) from ledger.transactions',
    replace: '0 from ledger.transactions',
    tests,
  },
]
