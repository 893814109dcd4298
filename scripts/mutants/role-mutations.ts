import type { Mutation } from './mutation.ts'

const tests = ['apps/cli/src/database/prepare-database.integration.test.ts']

/** Bugs in what each app may do in the database, and in what is installed. */
export const roleMutations: readonly Mutation[] = [
  {
    name: 'the payment service may book',
    file: 'libs/grants/src/app-grants.ts',
    find: 'payments: together(HANDLES_EVENTS,',
    replace: 'payments: together(KEEPS_BOOKS, HANDLES_EVENTS,',
    tests,
  },
  {
    name: 'who books may change what is booked',
    file: 'libs/grants/src/grants.ts',
    find: "'ledger.entries': ['select', 'insert'],",
    replace: "'ledger.entries': ['select', 'insert', 'update'],",
    tests,
  },
  {
    name: 'what somebody granted besides stays',
    file: 'libs/grants/src/apply-grants.ts',
    find: "await run(tx, excess.map(statement('revoke', 'from')))",
    replace: 'void excess',
    tests,
  },
  {
    name: 'what a role lacks makes a dead letter of a message',
    file: 'libs/postgres/src/transient.ts',
    find: '|42501|',
    replace: '|',
    tests: ['libs/postgres/src/transient.test.ts'],
  },
  {
    name: 'a package that comes with a script is installed unseen',
    file: 'scripts/policy-problems.ts',
    find: 'allowScripts[name] === undefined',
    replace: 'allowScripts[name] === null',
    tests: ['scripts/policy-problems.test.ts'],
  },
]
