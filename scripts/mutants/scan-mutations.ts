import type { Mutation } from './mutation.ts'

const nextBlocks = 'libs/deposits/src/usecases/scan-next-blocks.ts'
const nextTests = ['libs/deposits/src/usecases/scan-next-blocks.test.ts']
const reorgTests = ['libs/deposits/src/usecases/follow-reorgs.test.ts']
const rollBack = 'libs/deposits/src/usecases/roll-back-reorg.ts'
const rollBackTests = ['libs/deposits/src/usecases/roll-back-reorg.test.ts']
const prefetch = 'libs/deposits/src/usecases/prefetch-blocks.ts'
const rest = 'libs/deposits/src/usecases/rest-at-tip.ts'
const restTests = ['libs/deposits/src/usecases/rest-at-tip.test.ts']
const rightOfWay = 'libs/runtime/src/right-of-way.ts'
const rightOfWayTests = ['libs/runtime/src/right-of-way.test.ts']

/** Bugs in how a chain is followed: its checkpoint, and its reorgs. */
export const scanMutations: readonly Mutation[] = [
  {
    name: 'a tag that moves is not noticed while the scan rests at its tip',
    file: rest,
    find: '[number, hash, ...Object.entries(tagged).flat()]',
    replace: '[number, hash]',
    tests: restTests,
  },
  {
    name: 'a block that was read before another process scanned the chain is taken for its next',
    file: nextBlocks,
    find: 'if (!goesOn) prefetch.reset()',
    replace: 'if (!goesOn) return undefined',
    tests: restTests,
  },
  {
    name: 'a tip that is replaced is not noticed while the scan rests at it',
    file: rest,
    find: '[number, hash, ...Object.entries(tagged).flat()]',
    replace: '[number, ...Object.entries(tagged).flat()]',
    tests: restTests,
  },
  {
    name: 'a scan that rests does not renew its lease any more',
    file: rest,
    find: ' || options.clock.nowMs() >= rest.untilMs',
    replace: '',
    tests: restTests,
  },
  {
    name: 'what gives way to the scan never gets its turn while that is busy',
    file: rightOfWay,
    find: 'isTaken() && clock.nowMs() - sinceMs < waitMsMax',
    replace: 'isTaken()',
    tests: rightOfWayTests,
  },
  {
    name: 'what gives way to the scan waits for good after one that failed',
    file: rightOfWay,
    find: `        } finally {
          running -= 1
        }`,
    replace: `          running -= 1
        } finally {
        }`,
    tests: rightOfWayTests,
  },
  {
    name: 'the checkpoint moves on to a block that does not stand on it',
    file: nextBlocks,
    find: 'if (first === undefined || (state.checkpoint && !standsOn(first, state.checkpoint))) {',
    replace: 'if (first === undefined) {',
    tests: reorgTests,
  },
  {
    name: 'blocks of a chunk are stored though they do not stand on one another',
    file: nextBlocks,
    find: 'const blocks = read.slice(0, linkedLength(read))',
    replace: 'const blocks = read',
    tests: reorgTests,
  },
  {
    name: 'a block stands on another if only the height fits',
    file: 'libs/deposits/src/domain/block.ts',
    find: 'block.number === parent.number + 1n && block.parentHash === parent.hash',
    replace: 'block.number === parent.number + 1n',
    tests: ['libs/deposits/src/domain/block.test.ts'],
  },
  {
    name: 'another block at the height of the tip is not noticed',
    file: nextBlocks,
    find: 'if (ours && ours.hash !== tip.hash) return followReorg(state)',
    replace: '',
    tests: reorgTests,
  },
  {
    name: 'a node that lags is taken for a reorg',
    file: nextBlocks,
    find: 'if (ours && ours.hash !== tip.hash) return followReorg(state)',
    replace:
      'if (ours?.hash !== tip.hash || tip.number < checkpoint.number) return followReorg(state)',
    tests: nextTests,
  },
  {
    name: 'a tag that moves without a new block makes nothing final',
    file: 'libs/deposits/src/usecases/advance-scan.ts',
    find: 'if (!isMoreFinal(',
    replace: 'if (finality.final <= checkpoint.number || !isMoreFinal(',
    tests: nextTests,
  },
  {
    name: 'a latched chain is scanned on',
    file: nextBlocks,
    find: 'return latched !== null',
    replace: 'return false',
    tests: nextTests,
  },
  {
    name: 'a chunk that failed is passed over',
    file: prefetch,
    find: 'if (chunks[0]?.from !== from) chunks = []',
    replace: '',
    tests: ['libs/deposits/src/usecases/prefetch-blocks.test.ts'],
  },
  {
    name: 'a transaction stores however many blocks were read ahead',
    file: prefetch,
    find: 'if (taken.length + more.length > takenMax) break',
    replace: '',
    tests: ['libs/deposits/src/usecases/prefetch-blocks.test.ts'],
  },
  {
    name: 'of the chunks that were read already only the last is given',
    file: prefetch,
    find: 'taken = [...taken, ...more]',
    replace: 'taken = more',
    tests: ['libs/deposits/src/usecases/prefetch-blocks.test.ts'],
  },
  {
    name: 'what was read ahead on a branch that is gone is kept',
    file: prefetch,
    find: `reset() {
      chunks = []`,
    replace: 'reset() {',
    tests: ['libs/deposits/src/usecases/prefetch-blocks.test.ts'],
  },
  {
    name: 'a reorg is rolled back one block short',
    file: rollBack,
    find: 'const to = ancestor ?? null',
    replace: `const [kept] = ancestor
      ? await store.storedBlocks(ancestor.number + 1n, ancestor.number + 1n)
      : []
    const to = kept ?? ancestor ?? null`,
    tests: reorgTests,
  },
  {
    name: 'a reorg deeper than the policy allows is rolled back',
    file: rollBack,
    find: 'const lowest = reach > start ? reach : start',
    replace: 'const lowest = start',
    tests: rollBackTests,
  },
  {
    name: 'all is rolled back when no ancestor is found',
    file: rollBack,
    find: 'if (ancestor === undefined && (reach >= start || start === 0n)) {',
    replace: 'if (ancestor === null) {',
    tests: rollBackTests,
  },
  {
    name: 'a node that does not have our height yet undoes it',
    file: rollBack,
    find: 'if (fork === undefined || ours === undefined) {',
    replace: 'if (ours === undefined) {',
    tests: rollBackTests,
  },
]
