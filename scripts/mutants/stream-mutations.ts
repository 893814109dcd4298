import type { Mutation } from './mutation.ts'

const apiTests = ['apps/api/src/deposit-stream.integration.test.ts']

/** Bugs of those who tell of deposits as they happen, and of those who listen. */
export const streamMutations: readonly Mutation[] = [
  {
    name: 'who is cut off in the midst of many goes on behind those not told',
    file: 'libs/deposits/src/usecases/tell-deposits.ts',
    find: 'const place = number === events.length - 1 ? to : from',
    replace: 'const place = to',
    tests: apiTests,
  },
  {
    name: 'who missed much is told the first part of it',
    file: 'libs/deposits/src/usecases/tell-deposits.ts',
    find: 'while (place < position && (await isHere())) {',
    replace: 'if (place < position && (await isHere())) {\n    place = position',
    tests: apiTests,
  },
  {
    name: 'a client that connects again begins where it began at first',
    file: 'libs/client/src/deposit-stream.ts',
    find: 'after = event.id',
    replace: 'void event.id',
    tests: ['libs/client/src/deposit-stream.test.ts'],
  },
  {
    name: 'a list shows what its filter leaves out',
    file: 'apps/console/src/reads/merged-deposits.ts',
    find: '(each) => news.get(each.id) ?? each).filter(belongs)',
    replace: '(each) => news.get(each.id) ?? each)',
    tests: ['apps/console/src/reads/merged-deposits.test.ts'],
  },
  {
    name: 'an exchange counts what a reorg took back',
    file: 'examples/exchange/src/books.ts',
    find: "if (status === 'credited') balance(asset)",
    replace: "if (status === 'credited' || status === 'reversed') balance(asset)",
    tests: ['examples/exchange/src/books.test.ts'],
  },
]
