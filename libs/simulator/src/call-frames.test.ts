import type { Address, Hex } from 'viem'
import { expect, test } from 'vitest'
import { type CallFrame, movedValue } from './call-frames.ts'

const payer = '0x00000000000000000000000000000000000000a1'
const contract = '0x00000000000000000000000000000000000000c1'
const receiver = '0x00000000000000000000000000000000000000d1'

const call = (frame: Partial<CallFrame> = {}): CallFrame => {
  return { type: 'CALL', from: contract, to: receiver, value: '0x1', ...frame }
}
const root = (calls: readonly CallFrame[], frame: Partial<CallFrame> = {}): CallFrame => {
  return call({ from: payer, to: contract, value: '0x9', calls, ...frame })
}
const positions = (frame: CallFrame) => movedValue(frame).map(({ position }) => position)

test('names each payment by its place in the tree, in the order in which they are made', () => {
  const nested = call({ to: payer, calls: [call({ from: payer }), call({ from: payer })] })

  expect(movedValue(root([call(), nested]))).toEqual([
    { position: 'trace:0', from: contract, to: receiver, amount: 1n, doubtful: false },
    { position: 'trace:1', from: contract, to: payer, amount: 1n, doubtful: false },
    { position: 'trace:1.0', from: payer, to: receiver, amount: 1n, doubtful: false },
    { position: 'trace:1.1', from: payer, to: receiver, amount: 1n, doubtful: false },
  ])
})

test("leaves a transaction's own value to whoever reads transactions", () => {
  expect(movedValue(root([]))).toEqual([])
})

test('a payment comes to nothing when it or any ancestor failed', () => {
  const error = 'execution reverted'
  const paid = call({ to: payer, calls: [call({ from: payer, calls: [call()] })] })

  expect(positions(root([paid], { error }))).toEqual([])
  expect(positions(root([{ ...paid, error }, call({ error }), call()]))).toEqual(['trace:2'])
})

test('only calls, creations and selfdestructs move coin', () => {
  const types = ['CALL', 'CALLCODE', 'CREATE', 'CREATE2', 'DELEGATECALL', 'STATICCALL']
  const frames = [...types, 'SELFDESTRUCT'].map((type) => call({ type }))

  expect(positions(root(frames))).toEqual(['trace:0', 'trace:2', 'trace:3', 'trace:6'])
})

test('what goes to its own sender, or is nothing, is no payment', () => {
  const { to: _, ...failed } = call({ type: 'CREATE' })
  const frames = [call({ to: contract }), call({ value: '0x0' }), failed]

  expect(positions(root(frames))).toEqual([])
})

test('a contract that leaves its coin to itself moves none, whoever is named instead', () => {
  const bequest = (from: Address, to: Address) => call({ type: 'SELFDESTRUCT', from, to })
  const borrowed = call({ type: 'DELEGATECALL', calls: [bequest(contract, receiver)] })
  const calls = [bequest(payer, contract), bequest(contract, contract), bequest(payer, receiver)]

  expect(movedValue(root([...calls, borrowed]))).toEqual([
    { position: 'trace:3.0', from: contract, to: receiver, amount: 1n, doubtful: false },
  ])
})

test('a SELFDESTRUCT that says what was said just before is doubtful', () => {
  const bequest = (value: Hex) => call({ type: 'SELFDESTRUCT', value })
  const doubts = (frames: readonly CallFrame[]) =>
    movedValue(root(frames)).map(({ doubtful }) => doubtful)

  expect(doubts([call(), bequest('0x1')])).toEqual([false, true])
  expect(doubts([call(), bequest('0x2')])).toEqual([false, false])
  expect(doubts([call(), call(), call({ to: payer }), bequest('0x1')])).toEqual(
    new Array(4).fill(false),
  )
})
