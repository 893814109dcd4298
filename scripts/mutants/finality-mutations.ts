import type { Mutation } from './mutation.ts'

const finality = 'libs/deposits/src/domain/finality.ts'
const finalityTests = ['libs/deposits/src/domain/finality.test.ts']
const agree = 'libs/deposits/src/usecases/agree-on-final.ts'
const agreeTests = ['libs/deposits/src/usecases/agree-on-final.test.ts']
const storeTests = ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts']

/** Bugs in what deposits wait for before they are final. */
export const finalityMutations: readonly Mutation[] = [
  {
    name: 'a larger amount is final as soon as any other',
    file: 'libs/deposits/src/adapters/postgres-scan-store.ts',
    find: '      and block_number <= ${finalOf(sql`deposit.tier`, finality)}\n',
    replace: '',
    tests: storeTests,
  },
  {
    name: 'a tier begins above its amount and not at it',
    file: 'libs/deposits/src/domain/judge-transfers.ts',
    find: 'amount >= from',
    replace: 'amount > from',
    tests: ['libs/deposits/src/domain/judge-transfers.test.ts'],
  },
  {
    name: 'a tag that lies above a depth makes final what is larger sooner',
    file: finality,
    find: 'weaker = least(weaker, finalHeight(tier, reached))',
    replace: 'weaker = finalHeight(tier, reached)',
    tests: finalityTests,
  },
  {
    name: 'a deposit of a tier that was taken out of the configuration waits for ever',
    file: 'libs/deposits/src/adapters/deposit-rows.ts',
    find: '::bigint, ${lowest}::bigint)',
    replace: '::bigint, -1)',
    tests: storeTests,
  },
  {
    name: 'without a quorum everything is final all the same',
    file: agree,
    find: "answer === 'agreed' ? height : before",
    replace: 'height',
    tests: agreeTests,
  },
  {
    name: 'a quorum for another block than ours is one for ours',
    file: agree,
    find: 'if (agreed.hash === ours) {',
    replace: 'if (agreed.number === height) {',
    tests: agreeTests,
  },
  {
    name: 'one endpoint says alone how high a tag is',
    file: agree,
    find: 'const [one, all] = [told[tag], agreed[tag]]',
    replace: 'const [one, all] = [told[tag], told[tag]]',
    tests: agreeTests,
  },
  {
    name: 'endpoints that are always a little behind keep everything from being final',
    file: agree,
    find: "pending = answer === 'none' ? height : undefined",
    replace: 'pending = undefined',
    tests: agreeTests,
  },
  {
    name: 'a reorg is believed though another endpoint has our block',
    file: 'libs/deposits/src/usecases/confirm-reorg.ts',
    find: 'return isContested || quorum > 1 ? problem : undefined',
    replace: 'return quorum > 1 ? problem : undefined',
    tests: ['libs/deposits/src/usecases/confirm-reorg.test.ts'],
  },
  {
    name: 'a reorg is rolled back against all objections',
    file: 'libs/deposits/src/usecases/roll-back-reorg.ts',
    find: 'if (objection) throw',
    replace: 'if (objection === null) throw',
    tests: ['libs/deposits/src/usecases/roll-back-reorg.test.ts'],
  },
  {
    name: 'one endpoint alone decides what the operator lifts a latch by',
    file: 'libs/deposits/src/usecases/agreed-header.ts',
    find: 'if (isContested || quorum > 1)',
    replace: 'if (quorum > 1)',
    tests: ['libs/deposits/src/usecases/agreed-header.test.ts'],
  },
  {
    name: 'a head is believed by its number',
    file: 'libs/deposits/src/adapters/read-head.ts',
    find: 'if (computed !== undefined && computed !== hash) {',
    replace: 'if (computed === undefined) {',
    tests: ['libs/deposits/src/adapters/read-head.test.ts'],
  },
  {
    name: 'one that lags is a witness that there is no block',
    file: 'libs/deposits/src/adapters/read-head.ts',
    find: 'return answer === null && !isTold ? undefined',
    replace: 'return answer === null ? undefined',
    tests: ['libs/deposits/src/adapters/read-head.test.ts'],
  },
  {
    name: 'all that is scanned is final where the node names no such block',
    file: finality,
    find: 'if (height === undefined) return -1n',
    replace: 'if (height === undefined) return scanned',
    tests: ['libs/deposits/src/domain/finality.test.ts'],
  },
]
