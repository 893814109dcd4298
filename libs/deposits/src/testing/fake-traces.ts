import type { FakeBlock, FakeCall, FakeTransaction } from './fake-chain.ts'

/** What the node of a fake chain answers when it is asked for the traces of a block. */
export function fakeTraces(blocks: readonly FakeBlock[], method: string, wanted: string): unknown {
  if (method === 'trace_block') {
    // As of an empty block, if there is none at this height.
    const block = blocks.find(({ number }) => number === BigInt(wanted))
    return block?.transactions.flatMap((each) => listed(each, block.hash)) ?? []
  }
  const block = blocks.find(({ hash }) => hash === wanted)
  if (block === undefined) return null
  return block.transactions.map((each) => ({ txHash: each.hash, result: rootOf(each) }))
}

function rootOf({ from, to, created, value, succeeded, calls }: FakeTransaction): FakeCall {
  const receiver = to ?? created
  return {
    type: to === null ? 'CREATE' : 'CALL',
    from,
    ...(receiver ? { to: receiver } : {}),
    value: `0x${value.toString(16)}`,
    ...(succeeded ? {} : { error: 'execution reverted' }),
    calls,
  }
}

function listed(transaction: FakeTransaction, blockHash: string) {
  const frames: object[] = []
  const list = (call: FakeCall, traceAddress: readonly number[]) => {
    const { calls = [], error } = call
    frames.push({
      ...wordsOf(call),
      ...(error ? { error } : {}),
      traceAddress,
      subtraces: calls.length,
      transactionHash: transaction.hash,
      blockHash,
    })
    for (const [index, inner] of calls.entries()) list(inner, [...traceAddress, index])
  }
  list(rootOf(transaction), [])
  return frames
}

function wordsOf({ type, from, to, value = '0x0' }: FakeCall) {
  if (type === 'SELFDESTRUCT') {
    return { type: 'suicide', action: { address: from, refundAddress: to, balance: value } }
  }
  if (type.startsWith('CREATE')) {
    return { type: 'create', action: { from, value }, result: { address: to } }
  }
  return { type: 'call', action: { callType: type.toLowerCase(), from, to, value } }
}
