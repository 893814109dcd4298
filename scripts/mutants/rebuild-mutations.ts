import type { Mutation } from './mutation.ts'

const settle = 'libs/ledger/src/adapters/settle-shadow.ts'
const differences = 'libs/ledger/src/adapters/differences.ts'
const rebuild = 'libs/ledger/src/usecases/rebuild-ledger.ts'
const place = 'libs/ledger/src/adapters/put-shadow-in-place.ts'
const restoreTests = ['libs/deposits/src/adapters/postgres-restored-deposits.integration.test.ts']
const plain = 'libs/ledger/src/adapters/plain-lines.ts'
const tests = ['libs/ledger/src/usecases/rebuild-ledger.integration.test.ts']
const differenceTests = ['libs/ledger/src/adapters/differences.integration.test.ts']

/** Bugs in what is rebuilt from the log, and in how it is compared. */
export const rebuildMutations: readonly Mutation[] = [
  {
    name: 'a gap in the log is passed over',
    file: rebuild,
    find: 'if (offset > position.next) problems.push(missing(position, offset))',
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
  {
    name: 'a sum that is not zero is taken for one when it is read byte by byte',
    file: plain,
    find: 'areSame(bytes, digits, otherDigits, amountEnd - digits) &&',
    replace: '',
    tests: ['libs/ledger/src/adapters/plain-lines.test.ts'],
  },
  {
    name: 'what was tried of a message stays when it is not plain',
    file: plain,
    find: 'entries.length = entriesBefore',
    replace: '',
    tests: ['libs/ledger/src/adapters/plain-lines.test.ts'],
  },
  {
    name: 'bytes that are not those that were stored are believed',
    file: 'libs/messaging/src/adapters/record-batches.ts',
    find: '=== bytes.readUInt32BE(start + CRC)',
    replace: '>= 0',
    tests: ['libs/messaging/src/adapters/record-batches.test.ts'],
  },
  {
    name: 'a deposit that is stored again forgets how often it was confirmed',
    file: 'libs/deposits/src/adapters/postgres-restored-deposits.ts',
    find: 'BigInt(revision)',
    replace: 'BigInt(revision && 1)',
    tests: restoreTests,
  },
  {
    name: 'a deposit that is seen again becomes what its events last said',
    file: 'libs/deposits/src/adapters/postgres-restored-deposits.ts',
    find: "deposit.status in ('orphaned', 'reversed', 'seen')",
    replace: "deposit.status in ('orphaned', 'reversed')",
    tests: restoreTests,
  },
  {
    name: 'what is derived to be compared stays booked',
    file: 'libs/ledger/src/usecases/rederive-deposits.ts',
    find: 'keep ? unitOfWork : undone(unitOfWork)',
    replace: 'unitOfWork',
    tests: ['libs/ledger/src/usecases/rederive-deposits.test.ts'],
  },
  {
    name: 'entries are announced in the order of ids, which a rebuild gives anew',
    file: 'libs/ledger/src/transaction-created-message.ts',
    find: 'entries.toSorted(byName)',
    replace: 'entries',
    tests: ['libs/ledger/src/transaction-created-message.test.ts'],
  },
]
