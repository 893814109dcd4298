import type { Mutation } from './mutation.ts'

const releases = 'libs/deposits/src/adapters/postgres-releases.ts'
const release = 'libs/deposits/src/usecases/release-deposit.ts'
const rejection = 'libs/deposits/src/domain/rejection.ts'
const storeTests = ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts']
const memoryTests = ['libs/deposits/src/testing/memory-scan-store.test.ts']

/** Bugs in how an operator lets go of what was not credited. */
export const releaseMutations: readonly Mutation[] = [
  {
    name: 'what is released stays in suspense as well',
    file: releases,
    find: "isSuspended(row.reason) ? reversals([was], 'released') : []",
    replace: '[]',
    tests: storeTests,
  },
  {
    name: 'a release is published under the revision of what was suspended',
    file: releases,
    find: 'revision = revision + 1, confirmed_at = now()',
    replace: 'confirmed_at = now()',
    tests: storeTests,
  },
  {
    name: 'a deposit is released twice',
    file: release,
    find: "if (status === 'final' || status === 'credited') return `it is ${status} already`",
    replace: "if (status === 'final' || status === 'credited') return undefined",
    tests: memoryTests,
  },
  {
    name: 'what is not final yet is released',
    file: release,
    find: 'return final === null || blockNumber > final ?',
    replace: 'return final === null ?',
    tests: memoryTests,
  },
  {
    name: 'a token that nobody accepts is released',
    file: rejection,
    find: 'isSuspended(reason) || UNDECIDED.some((rejection) => rejection === reason)',
    replace: 'reason !== null',
    tests: memoryTests,
  },
]
