import type { Mutation } from './mutation.ts'

const match = 'libs/reconciliation/src/domain/match-group.ts'
const matchTests = ['libs/reconciliation/src/domain/match-group.test.ts']
const creditTests = ['libs/reconciliation/src/domain/judge-credit.test.ts']
const payouts = 'libs/reconciliation/src/domain/judge-payouts.ts'
const payoutTests = ['libs/reconciliation/src/domain/judge-payouts.test.ts']
const channelTests = ['libs/reconciliation/src/usecases/reconcile-channel.integration.test.ts']
const chainTests = ['libs/reconciliation/src/usecases/reconcile-chain.integration.test.ts']

const funding = 'libs/reconciliation/src/usecases/book-funding.ts'
const fundingTests = ['libs/reconciliation/src/usecases/book-funding.integration.test.ts']

/** Bugs in what is held against statements and chains, and in who settles what differs. */
export const reconciliationMutations: readonly Mutation[] = [
  {
    name: 'an amount that is off is taken for the same',
    file: match,
    find: 'pairOff((booking, line) => booking.amount === line.amount)',
    replace: 'pairOff(() => true)',
    tests: matchTests,
  },
  {
    name: 'what is missing goes to suspense as if it were more',
    file: 'libs/reconciliation/src/domain/difference.ts',
    find: 'excess.every(({ amount }) => amount > 0n)',
    replace: 'excess.every(({ amount }) => amount !== 0n)',
    tests: matchTests,
  },
  {
    name: 'a credit to the wrong owner is sound',
    file: 'libs/reconciliation/src/domain/judge-credit.ts',
    find: 'if (ownerOfTo !== credit.owner)',
    replace: 'if (ownerOfTo === undefined)',
    tests: creditTests,
  },
  {
    name: 'a payout to anybody is the one that was to be made',
    file: payouts,
    find: 'moved.asset === asset && moved.to === to && isEnough(moved.amount)',
    replace: 'moved.asset === asset && isEnough(moved.amount)',
    tests: payoutTests,
  },
  {
    name: 'one transfer makes any number of payouts',
    file: payouts,
    find: 'left.splice(place, 1)[0]',
    replace: 'left[place]',
    tests: payoutTests,
  },
  {
    name: 'what a transaction that failed would have moved was paid',
    file: payouts,
    find: 'transaction?.succeeded ? [...transaction.moved] : []',
    replace: '[...(transaction?.moved ?? [])]',
    tests: payoutTests,
  },
  {
    name: 'a payout that was stored late is never held against the chain but once a day',
    file: 'libs/reconciliation/src/usecases/reconcile-chain.ts',
    find: 'const LOOK_BACK_MS = 3_600_000',
    replace: 'const LOOK_BACK_MS = 0',
    tests: ['libs/reconciliation/src/usecases/reconcile-payouts.integration.test.ts'],
  },
  {
    name: 'who proposes an adjustment confirms it under another spelling',
    file: 'libs/http/src/is-same-holder.ts',
    find: "name.normalize('NFKC').trim().toLowerCase()",
    replace: 'name',
    tests: channelTests,
  },
  {
    name: 'what is explained stays in suspense',
    file: 'libs/reconciliation/src/usecases/keep-settled.ts',
    find: '...explained.filter(({ isSuspended }) => isSuspended).map(releaseDraft),',
    replace: '',
    tests: channelTests,
  },
  {
    name: 'a step of a run is done by two',
    file: 'libs/reconciliation/src/adapters/run-rows.ts',
    find: 'eq(runs.version, version), ',
    replace: '',
    tests: channelTests,
  },
  {
    name: 'what is in suspense explains the surplus that it came from',
    file: 'libs/reconciliation/src/domain/judge-custody.ts',
    find: 'const off = onChain - (held - suspended)',
    replace: 'const off = onChain - held',
    tests: chainTests,
  },
  {
    name: 'a credit that the chain does not have is missing once more',
    file: 'libs/reconciliation/src/domain/judge-custody.ts',
    find: 'const unfounded = off === 0n ? 0n : credited',
    replace: 'const unfounded = 0n * credited',
    tests: chainTests,
  },
  {
    name: 'what a reorg could take back is booked as capital',
    file: funding,
    find: 'if (number > final) throw',
    replace: 'if (number < 0n) throw',
    tests: fundingTests,
  },
  {
    name: 'what is swept to the hot wallet is booked as capital',
    file: funding,
    find: '!ownAddresses.includes(from) && !watched.has(from)',
    replace: '!ownAddresses.includes(from)',
    tests: fundingTests,
  },
  {
    name: 'a funding is booked once for each who asks at the same time, or fails',
    file: 'libs/reconciliation/src/adapters/postgres-fundings.ts',
    find: "hashtextextended(${drafts[0]?.reference ?? ''}, 0)",
    replace: 'hashtextextended(gen_random_uuid()::text, 0)',
    tests: fundingTests,
  },
  {
    name: 'a transaction that failed funds us',
    file: funding,
    find: 'if (!succeeded) throw',
    replace: 'if (succeeded === undefined) throw',
    tests: fundingTests,
  },
]
