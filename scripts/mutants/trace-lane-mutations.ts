import type { Mutation } from './mutation.ts'

const lane = 'libs/deposits/src/usecases/trace-later.ts'
const laneTests = ['libs/deposits/src/usecases/trace-later.test.ts']
const store = 'libs/deposits/src/adapters/postgres-traces.ts'
const scanStore = 'libs/deposits/src/adapters/postgres-scan-store.ts'
const storeTests = ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts']

/** Bugs in reading calls behind the scan. */
export const traceLaneMutations: readonly Mutation[] = [
  {
    name: 'what is owed is not written down when blocks are stored',
    file: scanStore,
    find: 'owesTraces && blocks.length > 0',
    replace: 'owesTraces && blocks.length > 1',
    tests: storeTests,
  },
  {
    name: 'what is owed survives a reorg',
    file: scanStore,
    find: 'await cutGaps(tx, chain, ancestor)',
    replace: '',
    tests: storeTests,
  },
  {
    name: 'calls of a branch that is gone are believed',
    file: store,
    find: 'await requireCanonical(tx, chain, { blocks, start })',
    replace: 'void [requireCanonical, start]',
    tests: storeTests,
  },
  {
    name: 'what is found in calls is stored and never told',
    file: store,
    find: 'await enqueue(tx, confirmations(published))',
    replace: 'void [enqueue, confirmations]',
    tests: storeTests,
  },
  {
    name: 'blocks stay owed after their calls were read',
    file: store,
    find: 'await closeGaps(tx, chain, owedTraces(blocks))',
    replace: 'void [closeGaps, owedTraces]',
    tests: storeTests,
  },
  {
    name: 'a block without calls holds up all above it',
    file: lane,
    find: 'attempts >= ATTEMPTS_BEFORE_OTHERS && fromBlock < toBlock',
    replace: 'attempts < 0 && fromBlock < toBlock',
    tests: laneTests,
  },
  {
    name: 'coin that is left for the lane is found by the scan too',
    file: 'libs/deposits/src/usecases/find-deposits.ts',
    find: "if (coin === 'left' || coin === 'ignored') return []",
    replace: "if (coin === 'ignored') return []",
    tests: laneTests,
  },
]
