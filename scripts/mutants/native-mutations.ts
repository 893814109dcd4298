import type { Mutation } from './mutation.ts'

const payments = 'libs/deposits/src/domain/native-payments.ts'
const paymentTests = ['libs/deposits/src/domain/native-payments.test.ts']
const traces = 'libs/deposits/src/adapters/verify-traces.ts'
const traceTests = ['libs/deposits/src/adapters/verify-traces.test.ts']
const doubts = 'libs/deposits/src/domain/settle-doubts.ts'
const doubtTests = ['libs/deposits/src/domain/settle-doubts.test.ts']
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
    name: 'a transaction that failed pays what its calls paid',
    file: payments,
    find: 'if (root.failed) return []',
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
    find: 'if (failed === receipt.succeeded) return',
    replace: 'if (failed && receipt.succeeded) return',
    tests: traceTests,
  },
  {
    name: 'a balance that does not come out even proves a payment',
    file: doubts,
    find: 'if (excess === 0n && !paidFee) return refuted',
    replace: 'if (!paidFee) return refuted',
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
]
