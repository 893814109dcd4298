import { type FakeCall, fakeAddress, fakeTransaction } from '@coffer/deposits/testing/fake-chain'
import {
  payNative,
  payTokens,
  TRANSFER,
  transferLog,
  word,
} from '@coffer/deposits/testing/fake-transfers'
import { type Address, parseAddress } from '@coffer/evm/address'
import { amountOf, type Draft, type Kind } from './draft.ts'

const STRANGER = fakeAddress(0xbad)
const CONTRACT = fakeAddress(0xc0)

/** Where coin logs its transfers by EIP-7708. */
const COIN_LOGS = parseAddress('0xfffffffffffffffffffffffffffffffffffffffe')

const nothing = (transaction: Draft['transaction']): Draft => ({ transaction, pays: [] })

const callTo = (to: Address, amount: bigint, rest: Partial<FakeCall> = {}): FakeCall => ({
  ...{ type: 'CALL', from: CONTRACT, to, value: `0x${amount.toString(16)}` },
  ...rest,
})

const throughContract = (...calls: FakeCall[]): Draft =>
  nothing(fakeTransaction({ to: CONTRACT, calls }))

/** Transactions that look as if they paid somebody, and pay nothing. */
export const hostileKinds: readonly Kind[] = [
  // Failed as a whole.
  (random, to) => nothing({ ...payNative(random.pick(to), 700n), succeeded: false }),
  (random, to) => {
    const calls = [callTo(random.pick(to), amountOf(random))]
    return nothing(fakeTransaction({ to: CONTRACT, calls, succeeded: false }))
  },
  // Failed inside of what succeeded: the call itself, or one above it.
  (random, to) =>
    throughContract(callTo(random.pick(to), amountOf(random), { error: 'out of gas' })),
  (random, to) => {
    const calls = [callTo(random.pick(to), amountOf(random))]
    const middle = callTo(STRANGER, 0n, { calls })
    return throughContract(callTo(STRANGER, 0n, { error: 'execution reverted', calls: [middle] }))
  },
  // Told with a value, and moves none.
  (random, to) => {
    const type = random.pick(['DELEGATECALL', 'CALLCODE', 'STATICCALL'])
    return throughContract(callTo(random.pick(to), amountOf(random), { type }))
  },
  // Nothing, or to somebody else.
  (random, to) => nothing(payNative(random.pick(to), 0n)),
  (random) => nothing(payNative(STRANGER, amountOf(random))),
  (random, to) => nothing(payTokens([random.pick(to), 0n])),
  // Logs that are like those of a transfer.
  (random, to) => {
    const topics = [TRANSFER, word(STRANGER), word(random.pick(to)), word(1n)]
    return nothing({ ...payTokens(), logs: [transferLog(STRANGER, 1n, { topics })] })
  },
  (random, to) => {
    const topics = [TRANSFER, word(STRANGER)]
    return nothing({ ...payTokens(), logs: [transferLog(random.pick(to), 900n, { topics })] })
  },
  (random, to) => {
    const data = random.pick(['0x', `${word(900n)}${'00'.repeat(32)}`])
    return nothing({ ...payTokens(), logs: [transferLog(random.pick(to), 900n, { data })] })
  },
  (random, to) => {
    const approval = word(0xa99n)
    const topics = [approval, word(STRANGER), word(random.pick(to))]
    return nothing({ ...payTokens(), logs: [transferLog(random.pick(to), 900n, { topics })] })
  },
  // What coin says of its own transfers is no second one.
  (random, to) => {
    const log = transferLog(random.pick(to), amountOf(random), { address: COIN_LOGS })
    return nothing({ ...payTokens(), to: CONTRACT, logs: [log] })
  },
]
