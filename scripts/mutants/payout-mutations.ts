import type { Mutation } from './mutation.ts'

const tests = [
  'tests/hazards/payouts.integration.test.ts',
  'tests/hazards/payout-costs.integration.test.ts',
]
const advance = 'libs/withdrawals/src/usecases/advance-transaction.ts'
const end = 'libs/withdrawals/src/usecases/end-transaction.ts'

const allowanceTests = ['libs/withdrawals/src/allowances.integration.test.ts']

/** Bugs by which a payout is lost, or paid twice. */
export const payoutMutations: readonly Mutation[] = [
  {
    name: 'a payout whose receipt is missing is taken for displaced',
    file: advance,
    find: 'if (occupant === undefined) return false',
    replace:
      'if (occupant) return endTransaction(options, open.id, undefined).then(() => true)\n' +
      '  else return false',
    tests,
  },
  {
    name: 'what the signer refuses keeps its nonce from all later ones',
    file: advance,
    find: "      await room.outgoing.refuse(id, 'refused_by_signer')\n",
    replace: '      throw error\n',
    tests,
  },
  {
    name: 'a transaction that succeeded has paid, whatever its logs say',
    file: end,
    find: 'arrived[place]\n',
    replace: 'arrived.length > 0\n',
    tests,
  },
  {
    name: 'what was held for a payout that reverted stays held',
    file: 'libs/withdrawals/src/usecases/end-payouts.ts',
    find: 'drafts: withdrawal.refundId === undefined ? [voidedDraft(withdrawal, at)] : [],',
    replace: 'drafts: [],',
    tests,
  },
  {
    name: 'a payout is sent though gas costs more than the most that is offered',
    file: 'libs/withdrawals/src/domain/fees.ts',
    find: 'if (baseFee + tip > caps.maxFeePerGas) return undefined',
    replace: 'if (baseFee > 2n ** 200n) return undefined',
    tests,
  },
  {
    name: 'a wallet that is empty offers more and more for gas',
    file: advance,
    find: "if (said === 'funds') {",
    replace: 'if (said === undefined) {',
    tests,
  },
  {
    name: 'what was signed while the wallet was empty offers more as soon as it is taken',
    file: advance,
    find: "  if (said === 'taken' && newest.takenAt === undefined) return\n",
    replace: '',
    tests,
  },
  {
    name: 'what was signed before is not given where the wallet can pay no more',
    file: advance,
    find: "      if ((await send(open, attempt, reached)) !== 'funds') return\n",
    replace: '      if (attempt.raw !== undefined) return\n',
    tests,
  },
  {
    name: 'what a signer signed is not looked at',
    file: 'libs/withdrawals/src/adapters/checked-signer.ts',
    find: 'if (problem !== undefined) throw',
    replace: "if (problem === '') throw",
    tests,
  },
  {
    name: 'requests at once are not held to one limit',
    file: 'libs/withdrawals/src/adapters/postgres-withdrawal-rooms.ts',
    find: 'pg_advisory_xact_lock(hashtextextended(${lock}, 0))',
    replace: 'hashtextextended(${lock}, 0)',
    tests: ['apps/api/src/withdrawals.integration.test.ts'],
  },
  {
    name: 'a batch takes what another one under way has of the allowance',
    file: 'libs/withdrawals/src/usecases/plan-batches.ts',
    find: 'let left = allowance - batched',
    replace: 'let left = allowance',
    tests: allowanceTests,
  },
  {
    name: 'an allowance that does not help is asked for again and again',
    file: 'libs/withdrawals/src/usecases/allow-batches.ts',
    find: 'if (!helped && ageMs < AGAIN_MS)',
    replace: 'if (helped === undefined)',
    tests: allowanceTests,
  },
  {
    name: 'a token like USDT is never allowed anew',
    file: 'libs/withdrawals/src/usecases/allow-batches.ts',
    find: 'allowance === 0n ? [amount] : [amount, 0n]',
    replace: 'allowance === 0n ? [amount] : [amount]',
    tests: allowanceTests,
  },
]
