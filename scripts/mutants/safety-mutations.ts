import type { Mutation } from './mutation.ts'

/** Bugs that let callers of the API do what they may not. */
export const safetyMutations: readonly Mutation[] = [
  {
    name: 'who asked for a withdrawal approves it',
    file: 'libs/withdrawals/src/usecases/approve-withdrawal.ts',
    find: 'if (isSameHolder(requestedBy, approver)) {',
    replace: "if (requestedBy === '') {",
    tests: ['apps/api/src/withdrawals.integration.test.ts'],
  },
  {
    name: 'what nobody knows who asked for is approved',
    file: 'libs/withdrawals/src/usecases/approve-withdrawal.ts',
    find: "throw new ApprovalRefusedError(id, 'nobody knows who asked for it, so cancel it')",
    replace: 'withdrawal.isAlone = false',
    tests: ['apps/api/src/withdrawals.integration.test.ts'],
  },
]
