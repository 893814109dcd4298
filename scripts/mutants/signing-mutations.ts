import type { Mutation } from './mutation.ts'

const judge = 'libs/signing/src/judge-request.ts'
const decode = 'libs/signing/src/decode-call.ts'
const history = 'libs/signing/src/signing-history.ts'
const signer = 'libs/signing/src/journaled-signer.ts'
const rules = ['libs/signing/src/judge-request.test.ts']
const memory = ['libs/signing/src/signing-history.test.ts']

/** Bugs that let the signer sign what it should not, or forget what it signed. */
export const signingMutations: readonly Mutation[] = [
  {
    name: 'a payout may go to somebody else than it states',
    file: judge,
    find: '    movement.to === payout.to &&\n',
    replace: '',
    tests: rules,
  },
  {
    name: 'a batch may leave out what it states',
    file: judge,
    find: '    movements.length === payouts.length &&\n',
    replace: '',
    tests: rules,
  },
  {
    name: 'a call may carry bytes that nobody reads',
    file: decode,
    find: 'if (encodeFunctionData({ abi: known, ...call }) === data) return call',
    replace: 'return call',
    tests: rules,
  },
  {
    name: 'a nonce is signed twice for different payouts',
    file: history,
    find: 'if (requestDigests(request).content !== first.content)',
    replace: 'if (false)',
    tests: memory,
  },
  {
    name: 'what a fee was raised for counts twice against the window',
    file: history,
    find: 'const before = slot?.counts.get(key) ?? 0n\n',
    replace: 'const before = 0n\n',
    tests: memory,
  },
  {
    name: 'bytes are handed out before the journal has them',
    file: signer,
    find: 'await journal.append(entry)\n    history.add(entry)\n',
    replace: 'history.add(entry)\n    if (entry.nonce < 0) await journal.append(entry)\n',
    tests: ['apps/signer/src/main.integration.test.ts'],
  },
]
