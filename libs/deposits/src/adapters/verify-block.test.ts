import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import { type ToldReceipts, toldReceipts } from '@coffer/evm/told-receipts'
import { describe, expect, test } from 'vitest'
import { oneByOne } from '../domain/among-watched.ts'
import type { Block } from '../domain/block.ts'
import { TransactionTypeError } from '../domain/transaction-type.ts'
import { fakeAddress, fakeChain, fakeTransaction } from '../testing/fake-chain.ts'
import { payTokens, transferLog } from '../testing/fake-transfers.ts'
import { plainBlock, plainLog } from '../testing/plain-block.ts'
import type { RpcHeader, RpcLog, RpcReceipt } from './rpc-answers.ts'
import { BlockProofError, verifiedBlock } from './verify-block.ts'

const ALICE = fakeAddress(0xa)
const BOB = fakeAddress(0xb)
const SOMETHING_ELSE = `0x${'e'.repeat(64)}`

test('a block that holds together is told with all its receipts, in order', async () => {
  const { header, receipts } = await told()

  const block = verified(header, receipts)

  expect(block).toMatchObject({ number: 1n, hash: header.hash, parentHash: header.parentHash })
  expect(
    block.receipts.map(({ txHash, succeeded, logs }) => [txHash, succeeded, logs.length]),
  ).toEqual([
    [header.transactions[0], true, 2],
    [header.transactions[1], false, 0],
    [header.transactions[2], true, 1],
  ])
})

test('a block without transactions is empty, which its header says too', async () => {
  const chain = fakeChain()
  const header = (await chain.rpc.call('eth_getBlockByNumber', ['0x0', false])) as RpcHeader

  expect(verified(header, []).receipts).toEqual([])
})

test('tells addresses and topics in lower case, by which they are looked up', async () => {
  const { header, receipts } = await told()
  const shouting = receipts.map((receipt) => ({
    ...receipt,
    from: upper(receipt.from),
    to: receipt.to && upper(receipt.to),
    logs: receipt.logs.map((log) => ({
      ...log,
      address: upper(log.address),
      topics: log.topics.map(upper),
    })),
  }))

  const [loud, quiet] = [verified(header, shouting), verified(header, receipts)]
  expect(plainBlock(loud)).toEqual(plainBlock(quiet))
  expect(logsTo(loud, ALICE)).toEqual(logsTo(quiet, ALICE))
})

test('shows the transfers to those who are watched as its receipts do, and no others', async () => {
  const { header, receipts } = await told()
  const block = verified(header, receipts)
  const [first, , third] = plainBlock(block).receipts

  expect(logsTo(block, ALICE)).toEqual([{ txHash: first?.txHash, index: 0, log: first?.logs[0] }])
  expect(logsTo(block, BOB)).toEqual([{ txHash: first?.txHash, index: 1, log: first?.logs[1] }])
  expect(logsTo(block, fakeAddress(0xd))).toMatchObject([{ txHash: third?.txHash, index: 0 }])
  expect(logsTo(block, fakeAddress(0xfee))).toEqual([])
})

test('a type that is not known of the chain is named, before anything is proven', async () => {
  const { header, receipts } = await told()
  const typed = receipts.map((receipt, index) =>
    index === 1 ? { ...receipt, type: '0x7E' } : receipt,
  )
  const verify = (types?: readonly number[]) =>
    verifiedBlock({ header, receipts: sent(typed) }, WHOLE_PROOF, types)

  expect(() => verify([0, 1, 2])).toThrow(TransactionTypeError)
  expect(() => verify([0, 1, 2])).toThrow(/^Block 1 .* of type 0x7E, .* one of 0x0, 0x1, 0x2\./)
  expect(() => verify(), 'known, and of another root').toThrow(BlockProofError)
})

describe('refuses', () => {
  test('a block whose receipts the node has not', async () => {
    const { header } = await told()

    expect(() => verified(header, null)).toThrow(/has no receipts/)
  })

  test('an empty answer for a block that has transactions', async () => {
    await expectRefusal(() => [], /0 receipts for 3 transactions/)
  })

  test('a missing receipt', async () => {
    await expectRefusal((receipts) => receipts.slice(1), /2 receipts for 3/)
    await expectRefusal((receipts) => [null as never, ...receipts.slice(1)], /receipt 0/)
  })

  test('a receipt too many', async () => {
    await expectRefusal((receipts) => [...receipts, ...receipts.slice(2)], /4 receipts for 3/)
  })

  test('receipts in another order', async () => {
    await expectRefusal((receipts) => receipts.toReversed(), /receipt 0: of transaction/)
  })

  test('a receipt of another transaction or block', async () => {
    await expectRefusal(off({ transactionHash: SOMETHING_ELSE }), /receipt 0: of transaction 0xee/)
    await expectRefusal(off({ blockHash: SOMETHING_ELSE }), /receipt 0: of block 0xee/)
  })

  test.each([undefined, '0x2', '', '0x'])('a receipt whose status is %j', async (status) => {
    await expectRefusal(off({ status: status as string }), /receipt 0: has no status/)
  })

  test('a failed transaction that has logs all the same', async () => {
    await expectRefusal(off({ status: '0x0' }), /receipt 0: failed and yet has logs/)
  })

  test('a log that is missing from the end, the middle, or altogether', async () => {
    await expectRefusal(
      renumbered(offLogs((logs) => logs.slice(0, 1))),
      /make up the root .*; its logs do not make up/,
    )
    await expectRefusal(
      renumbered(offLogs((logs) => logs.slice(1))),
      /make up the root .*; its logs do not make up/,
    )
    await expectRefusal(
      renumbered(offLogs(() => [])),
      /make up the root .*; its logs do not make up/,
    )
  })

  test('an amount that was never paid, which no bloom shows', async () => {
    const paidMore = offLogs((logs) => logs.map((log) => ({ ...log, data: `0x${'f'.repeat(64)}` })))

    await expectRefusal(paidMore, /make up the root [^;]*$/)
  })

  test('a header of which a field is not what was hashed', async () => {
    const { header, receipts } = await told()

    expect(() => verified({ ...header, timestamp: '0x1' }, receipts)).toThrow(/has the hash 0x/)
  })

  test('a log that was never emitted', async () => {
    const forged = transferLog(fakeAddress(0xc), 5n)
    const forge = offLogs((logs) => [...logs, { ...(logs[0] as RpcLog), ...forged }])

    await expectRefusal(renumbered(forge), /make up the root .*; its logs do not make up/)
  })

  test('a log that a reorg removed, or that is of another block or transaction', async () => {
    const withLog = (change: Partial<RpcLog>) =>
      offLogs(([first, ...rest]) => [{ ...(first as RpcLog), ...change }, ...rest])

    await expectRefusal(withLog({ removed: true }), /has a removed log/)
    await expectRefusal(withLog({ blockHash: SOMETHING_ELSE }), /has a log of block 0xee/)
    await expectRefusal(withLog({ transactionHash: SOMETHING_ELSE }), /has a log of transaction/)
  })

  test('a log of which the block has another just like it', async () => {
    const twice = fakeTransaction({ logs: [transferLog(ALICE, 5n), transferLog(ALICE, 7n)] })

    await expectRefusal(
      offLogs((logs) => logs.slice(1)),
      /log 0x1 stands where 0 should/,
      twice,
    )
    await expectRefusal(
      offLogs((logs) => logs.slice(0, 1)),
      /log 0x2 stands where 1/,
      twice,
    )
  })
})

/** The logs that a block shows to one who watches this address, with everything in them made. */
const logsTo = (block: Block, watched: string) =>
  (block.logsTo?.(oneByOne((address) => address === watched)) ?? []).map((placed) => ({
    ...placed,
    log: plainLog(placed.log),
  }))

type Change = (receipts: RpcReceipt[]) => RpcReceipt[]

const upper = (hex: string) => `0x${hex.slice(2).toUpperCase()}`

/** Changes the first receipt. */
const off =
  (change: Partial<RpcReceipt>): Change =>
  ([first, ...rest]) => [{ ...(first as RpcReceipt), ...change }, ...rest]

const offLogs =
  (change: (logs: RpcLog[]) => RpcLog[]): Change =>
  ([first, ...rest]) => [
    { ...(first as RpcReceipt), logs: change([...(first as RpcReceipt).logs]) },
    ...rest,
  ]

/** Numbers the logs again after `change`, as one who leaves some out on purpose would. */
const renumbered =
  (change: Change): Change =>
  (receipts) => {
    let logIndex = 0
    const number = (log: RpcLog) => ({ ...log, logIndex: `0x${(logIndex++).toString(16)}` })
    return change(receipts).map((receipt) => ({ ...receipt, logs: receipt.logs.map(number) }))
  }

async function expectRefusal(change: Change, problem: RegExp, first?: typeof FIRST): Promise<void> {
  const { header, receipts } = await told(first)
  const verify = () => verified(header, change(receipts))

  expect(verify).toThrow(problem)
  expect(verify).toThrow(BlockProofError)
}

const read = toldReceipts({ root: true })

/** Receipts in the bytes that a node would send them in. */
function sent(receipts: readonly RpcReceipt[] | null): ToldReceipts | null {
  const body = Buffer.from(JSON.stringify([{ jsonrpc: '2.0', id: 0, result: receipts }]))
  const [told] = read(body, [{ method: 'eth_getBlockReceipts', params: [] }]) ?? []
  if (told === undefined) throw new Error('Not read.')
  return told
}

const verified = (header: RpcHeader, receipts: readonly RpcReceipt[] | null) =>
  verifiedBlock({ header, receipts: sent(receipts) }, WHOLE_PROOF)

const FIRST = payTokens([ALICE, 5n], [BOB, 6n])

/** What an honest node tells of a block: two transfers, a failure, and a third transfer. */
async function told(first = FIRST): Promise<{ header: RpcHeader; receipts: RpcReceipt[] }> {
  const chain = fakeChain()
  const failed = fakeTransaction({ succeeded: false })
  const { hash } = chain.mine(first, failed, payTokens([fakeAddress(0xd), 8n]))
  const [header, receipts] = await chain.rpc.batch([
    { method: 'eth_getBlockByNumber', params: ['0x1', false] },
    { method: 'eth_getBlockReceipts', params: [hash] },
  ])
  return { header: header as RpcHeader, receipts: receipts as RpcReceipt[] }
}
