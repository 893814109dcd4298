import type { Mutation } from './mutation.ts'

const payments = 'libs/deposits/src/domain/native-payments.ts'
const paymentTests = ['libs/deposits/src/domain/native-payments.test.ts']
const traces = 'libs/deposits/src/adapters/verify-traces.ts'
const traceTests = ['libs/deposits/src/adapters/verify-traces.test.ts']
const doubts = 'libs/deposits/src/domain/settle-doubts.ts'
const doubtTests = ['libs/deposits/src/domain/settle-doubts.test.ts']
const withdrawals = 'libs/deposits/src/domain/withdrawal-transfers.ts'
const withdrawalTests = ['libs/deposits/src/domain/withdrawal-transfers.test.ts']
const coinbase = 'libs/deposits/src/usecases/find-coinbase.ts'
const coinbaseTests = ['libs/deposits/src/usecases/find-coinbase.test.ts']
const judge = 'libs/deposits/src/domain/judge-transfers.ts'
const judgeTests = ['libs/deposits/src/domain/judge-transfers.test.ts']

/** Bugs in the coin that contracts pay out, and in what is not credited. */
export const nativeMutations: readonly Mutation[] = [
  {
    name: 'a call pays though a call above it was reverted',
    file: payments,
    find: 'if (frame.failed) continue',
    replace: `if (frame.failed) {
        for (const [at, below] of frame.calls.entries()) {
          placed.push({ path: \`\${prefix}\${index}.\${at}\`, parent: frame, frame: below })
        }
        continue
      }`,
    tests: paymentTests,
  },
  {
    name: 'a call that made others is read as if it had made none',
    file: 'libs/deposits/src/adapters/call-traces.ts',
    find: 'at(FRAME.isLeaf) === 1 &&',
    replace: '',
    tests: ['libs/deposits/src/adapters/told-traces.test.ts'],
  },
  {
    name: 'a call of another block is read where it lies',
    file: 'libs/deposits/src/adapters/call-traces.ts',
    find: 'text(FRAME.blockHash, WORD) === blockHash',
    replace: 'text(FRAME.blockHash, WORD) !== undefined',
    tests: ['libs/deposits/src/adapters/told-traces.test.ts'],
  },
  {
    name: 'a call without coin is not held against whom its receipt names',
    file: 'libs/deposits/src/adapters/quiet-call.ts',
    find: '  [FRAME.from, RECEIPT.from, ADDRESS],\n',
    replace: '',
    tests: traceTests,
  },
  {
    name: 'a call without coin failed, and its receipt is not asked',
    file: 'libs/deposits/src/adapters/quiet-call.ts',
    find: 'const outcome = rows[frame + FRAME.error] === 1 ? FAILED : SUCCEEDED',
    replace: 'const outcome = SUCCEEDED',
    tests: traceTests,
  },
  {
    name: 'a call that moves coin is not read any further',
    file: 'libs/deposits/src/adapters/quiet-call.ts',
    find: 'if (!isFrameText(told, rows[frame + FRAME.value], NO_VALUE)) return false',
    replace: '',
    tests: traceTests,
  },
  {
    name: 'of bytes that are compared the last few are not looked at',
    file: 'libs/evm/src/same-bytes.ts',
    find: 'for (const end = one.at + length; at < end; at++) {',
    replace: 'for (const end = at; at < end; at++) {',
    tests: ['libs/evm/src/same-bytes.test.ts'],
  },
  {
    name: 'a transaction that failed pays what its calls paid',
    file: payments,
    find: 'if (root.failed || movesNothing) return []',
    replace: '',
    tests: paymentTests,
  },
  {
    name: 'DELEGATECALL moves the value that it is told with',
    file: payments,
    find: "['call', 'create', 'selfdestruct']",
    replace: "['call', 'create', 'selfdestruct', 'borrow']",
    tests: paymentTests,
  },
  {
    name: 'calls are numbered without those that failed before them',
    file: payments,
    find: 'parent.calls.entries()',
    replace: 'parent.calls.filter((call) => !call.failed).entries()',
    tests: paymentTests,
  },
  {
    name: 'a SELFDESTRUCT that only repeats a movement is believed',
    file: payments,
    find: 'doubtful: isBequest && repeats',
    replace: 'doubtful: isBequest && !repeats',
    tests: paymentTests,
  },
  {
    name: 'a transaction without a trace paid nobody',
    file: traces,
    find: 'if (told.length !== receipts.length) {',
    replace: 'if (told.length > receipts.length) {',
    tests: traceTests,
  },
  {
    name: 'a trace may succeed though its receipt says that it failed',
    file: traces,
    find: 'if (failed === succeeded) return',
    replace: 'if (failed && succeeded) return',
    tests: traceTests,
  },
  {
    name: 'a balance that does not come out even proves a payment',
    file: doubts,
    find: 'if (excess === 0n && !hasFees) return refuted',
    replace: 'if (!hasFees) return refuted',
    tests: doubtTests,
  },
  {
    name: 'an amount just below the minimum is credited',
    file: judge,
    find: 'if (amount < (minimums.get(asset) ?? 0n))',
    replace: 'if (amount + 1n < (minimums.get(asset) ?? 0n))',
    tests: judgeTests,
  },
  {
    name: 'what we send ourselves is credited',
    file: judge,
    find: "if (isOurs(from) || from === to) return 'internal'",
    replace: '',
    tests: judgeTests,
  },
  {
    name: 'a withdrawal is credited whatever its chain says',
    file: withdrawals,
    find: 'creditWithdrawals ? transfer',
    replace: 'asset ? transfer',
    tests: withdrawalTests,
  },
  {
    name: 'all withdrawals of a block are one deposit',
    file: withdrawals,
    find: '...withdrawalPlace(index)',
    replace: '...withdrawalPlace(block.number)',
    tests: withdrawalTests,
  },
  {
    name: 'a withdrawal is as many wei as it is gwei',
    file: 'libs/deposits/src/adapters/rpc-answers.ts',
    find: 'BigInt(amount) * GWEI',
    replace: 'BigInt(amount)',
    tests: withdrawalTests,
  },
  {
    name: 'withdrawals that the header does not have are believed',
    file: 'libs/evm/src/block-proof.ts',
    find: 'if (found === told.toLowerCase()) return []',
    replace: 'if (found !== told) return []',
    tests: ['libs/evm/src/block-proof.test.ts'],
  },
  {
    name: 'what a producer was paid by others is suspended as a fee too',
    file: coinbase,
    find: 'gain - received - withdrawnTo',
    replace: 'gain - withdrawnTo',
    tests: coinbaseTests,
  },
  {
    name: 'what a contract paid the producer is taken for a fee where no call is seen',
    file: coinbase,
    find: 'block.traces || rest < fees.earned ? rest : fees.earned',
    replace: 'rest',
    tests: coinbaseTests,
  },
]
