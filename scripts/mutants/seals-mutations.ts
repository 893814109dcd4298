import type { Mutation } from './mutation.ts'

const seals = 'libs/ledger/src/adapters/postgres-seals.ts'
const check = 'libs/ledger/src/adapters/check-seals.ts'
const tree = 'libs/ledger/src/domain/merkle-tree.ts'
const balances = 'libs/ledger/src/adapters/balances-at.ts'
const tests = ['libs/ledger/src/adapters/postgres-seals.integration.test.ts']
const treeTests = ['libs/ledger/src/domain/merkle-tree.test.ts']
const statementTests = ['libs/ledger/src/adapters/statement.integration.test.ts']
const expiryTests = ['libs/ledger/src/usecases/expire-holds.test.ts']

/** Bugs in what is sealed, and in what is told of the past. */
export const sealsMutations: readonly Mutation[] = [
  {
    name: 'what commits late is never sealed',
    file: seals,
    find: 'and recorded_xid < pg_snapshot_xmin(pg_current_snapshot())',
    replace: '',
    tests,
  },
  {
    name: 'a refusal can be edited under its seal',
    file: 'libs/ledger/src/adapters/sealed-content.ts',
    find: 'transaction.refusal::text, ',
    replace: '',
    tests,
  },
  {
    name: 'a chain that was made anew passes for the one that was exported',
    file: check,
    find: 'if (anchor && anchor.hash !== seal.hash) {',
    replace: 'if (anchor && anchor.hash === NaN.toString()) {',
    tests,
  },
  {
    name: 'a seal that is gone is not missed',
    file: 'libs/ledger/src/domain/seal.ts',
    find: 'if (seal.number !== number) return',
    replace: 'if (seal.number < number) return',
    tests,
  },
  {
    name: 'a transaction that was slipped in between is not noticed',
    file: check,
    find: 'and id not in (select unnest(transaction_ids) from ledger.seals)',
    replace: 'and false',
    tests,
  },
  {
    name: 'a leaf of the tree can be taken for a node',
    file: tree,
    find: 'const LEAF = Uint8Array.of(0)',
    replace: 'const LEAF = Uint8Array.of(1)',
    tests: treeTests,
  },
  {
    name: 'a path longer than the tree proves a leaf',
    file: tree,
    find: 'return path.length === 0 ? leaf : undefined',
    replace: 'return leaf',
    tests: treeTests,
  },
  {
    name: 'a statement lacks what was booked in its very first millisecond',
    file: 'libs/ledger/src/adapters/statement.ts',
    find: 'new Date(time.getTime() - 1)',
    replace: 'new Date(time.getTime())',
    tests: statementTests,
  },
  {
    name: 'a past balance holds what had been set free by then',
    file: balances,
    find: 'and (ending.id is null or ending.${time} > ${moment})',
    replace: '',
    tests: statementTests,
  },
  {
    name: 'a statement grows while it is read',
    file: 'libs/ledger/src/adapters/statement.ts',
    find: 'const place = request.place ?? { opening, closing, after: opening }',
    replace: 'const place = { opening, closing, after: request.place?.after ?? opening }',
    tests: statementTests,
  },
  {
    name: 'a hold that the ledger would not end yet is never ended',
    file: 'libs/ledger/src/usecases/expire-holds.ts',
    find: "(outcome.status === 'refused' && outcome.refusal.reason === 'hold_resolved')",
    replace: "outcome.status === 'refused'",
    tests: expiryTests,
  },
]
