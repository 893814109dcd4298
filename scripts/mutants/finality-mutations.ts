import type { Mutation } from './mutation.ts'

const finality = 'libs/deposits/src/domain/finality.ts'
const finalityTests = ['libs/deposits/src/domain/finality.test.ts']
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
]
