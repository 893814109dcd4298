import type { Mutation } from './mutation.ts'

const settlements = 'libs/settlements/src'
const settleTests = [`${settlements}/usecases/settle-tallies.integration.test.ts`]
const jobTests = [`${settlements}/jobs.integration.test.ts`]
const apiTests = ['apps/api/src/settlements.integration.test.ts']

/** Bugs in what is settled for merchants, and in what they are told of it. */
export const settlementMutations: readonly Mutation[] = [
  {
    name: 'a transaction that comes again is added up again',
    file: `${settlements}/adapters/postgres-settlement-rooms.ts`,
    find: 'on conflict do nothing\n      returning merchant_id, asset, amount, is_matured',
    replace:
      'on conflict (reference, merchant_id, asset) do update set code = excluded.code\n' +
      '      returning merchant_id, asset, amount, is_matured',
    tests: settleTests,
  },
  {
    name: 'what settlements take counts as a refund',
    file: `${settlements}/domain/settlement-line.ts`,
    find: 'if (code === SETTLEMENT_CODE) return []',
    replace: '',
    tests: [`${settlements}/domain/settlement-line.test.ts`],
  },
  {
    name: 'a settlement asks the ledger for more than is pending',
    file: `${settlements}/domain/plan-settlement.ts`,
    find: 'const amount = pending < matured ? pending : matured',
    replace: 'const amount = matured',
    tests: settleTests,
  },
  {
    name: 'what the ledger did not have is forgotten, and the refund taken twice',
    file: `${settlements}/adapters/postgres-settlement-rooms.ts`,
    find: 'set matured = made.carried_out, carried = made.carried_out, lines = 0',
    replace: 'set matured = 0, carried = 0, lines = 0',
    tests: settleTests,
  },
  {
    name: 'a refund of money that is held back is taken from what is due',
    file: `${settlements}/domain/settlement-line.ts`,
    find: 'return takenFromAt !== undefined && takenFromAt > eventAt ? takenFromAt : eventAt',
    replace: 'return eventAt',
    tests: settleTests,
  },
  {
    name: 'two that settle the same do not wait for each other',
    file: `${settlements}/adapters/postgres-settlement-rooms.ts`,
    find: 'order by tally.merchant_id, tally.asset\n    for update of tally',
    replace: 'order by tally.merchant_id, tally.asset',
    tests: settleTests,
  },
  {
    name: 'a reserve is released again and again',
    file: `${settlements}/adapters/postgres-settlement-rooms.ts`,
    find: 'and(lte(settlements.releaseAt, now), isNull(settlements.releasedAt))',
    replace: 'lte(settlements.releaseAt, now)',
    tests: settleTests,
  },
  {
    name: 'what a crash left unsettled is not found again',
    file: `${settlements}/adapters/postgres-settlements-due.ts`,
    find: 'where lines > 0\n          and',
    replace: 'where false and',
    tests: jobTests,
  },
  {
    name: 'a merchant that owes us something is paid first',
    file: `${settlements}/settlement-transactions.ts`,
    find: "      offsets: { owner, code: 'owner.receivable', asset },\n",
    replace: '',
    tests: settleTests,
  },
  {
    name: 'a spreadsheet computes what stands in a report',
    file: `${settlements}/domain/safe-cell.ts`,
    find: 'FORMULA.test(text) && !NUMBER.test(text)',
    replace: 'FORMULA.test(text) && NUMBER.test(text)',
    tests: apiTests,
  },
]
