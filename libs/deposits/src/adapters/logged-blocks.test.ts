import type { RpcCall } from '@coffer/evm/json-rpc'
import { RpcAnswerError } from '@coffer/evm/json-rpc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block } from '../domain/block.ts'
import { depositRules, tokenTransfers } from '../domain/detect-transfers.ts'
import { type FakeChain, fakeAddress, fakeChain, fakeTransaction } from '../testing/fake-chain.ts'
import { fakeChainReader, fakeLogsReader, provingReader } from '../testing/fake-chain-reader.ts'
import { ASSETS, payTokens, transferLog } from '../testing/fake-transfers.ts'
import { plainBlock } from '../testing/plain-block.ts'
import type { RpcSource } from './json-rpc-chain-reader.ts'
import type { RpcHeader, RpcPlacedLog } from './rpc-answers.ts'
import { BlockProofError } from './verify-block.ts'

const [ALICE, BOB, CAROL] = [fakeAddress(0xa), fakeAddress(0xb), fakeAddress(0xc)]

const rules = depositRules({ assets: ASSETS, isWatched: (to) => to === ALICE || to === BOB })

const found = (blocks: readonly Block[]) =>
  blocks.flatMap((block) =>
    tokenTransfers(block, rules).map(({ block: { number, hash }, ...transfer }) => ({
      ...transfer,
      block: { number, hash },
    })),
  )

/** What the node was asked for, and how often. */
function asked(chain: FakeChain): RpcCall[] {
  const calls: RpcCall[] = []
  chain.meddle((call, answer) => {
    calls.push(call)
    return answer
  })
  return calls
}

const countOf = (calls: readonly RpcCall[], wanted: string) =>
  calls.filter(({ method }) => method === wanted).length

/** What the node answers about logs instead of the truth. */
const telling = (chain: FakeChain, lie: (logs: RpcPlacedLog[]) => unknown): RpcCall[] => {
  const calls: RpcCall[] = []
  chain.meddle((call, answer) => {
    calls.push(call)
    return call.method === 'eth_getLogs' ? lie(structuredClone(answer) as RpcPlacedLog[]) : answer
  })
  return calls
}

test('what is found, and where it stands, is what receipts show', async () => {
  const log = fc.record({
    to: fc.constantFrom(ALICE, BOB, CAROL),
    amount: fc.bigInt({ min: 0n, max: 9n }),
    address: fc.constantFrom(fakeAddress(0x70c), fakeAddress(0x70d)),
  })
  const transaction = fc.array(log, { maxLength: 4 })
  const block = fc.array(transaction, { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), async (blocks) => {
      const chain = fakeChain()
      for (const transactions of blocks) {
        const made = transactions.map((logs) =>
          fakeTransaction({
            logs: logs.map(({ to, amount, ...off }) => transferLog(to, amount, off)),
          }),
        )
        chain.mine(...made)
      }
      const to = BigInt(blocks.length)

      const logged = await fakeLogsReader(chain).blocks(0n, to)

      const whole = await fakeChainReader(chain, 1).blocks(0n, to)
      expect(found(logged)).toEqual(found(whole))
      const withLogs = whole
        .map(plainBlock)
        .map(({ receipts }) => receipts.filter(({ logs }) => logs.length > 0))
      const logsOnly = (receipts: Block['receipts']) =>
        receipts.map(({ txHash, logs, succeeded }) => ({ txHash, logs, succeeded }))
      expect(logged.map(({ receipts }) => logsOnly(receipts))).toEqual(withLogs.map(logsOnly))
    }),
  )
})

test('the logs of many blocks are asked for at once, and no receipts', async () => {
  const chain = fakeChain()
  for (let block = 0; block < 40; block++) chain.mine(payTokens([ALICE, 5n], [CAROL, 6n]))
  const calls = asked(chain)

  const blocks = await fakeLogsReader(chain).blocks(1n, 40n)

  expect(found(blocks)).toHaveLength(40)
  expect(calls.filter(({ method }) => method === 'eth_getLogs')).toEqual([
    { method: 'eth_getLogs', params: [{ fromBlock: '0x1', toBlock: '0x28' }] },
  ])
  expect(countOf(calls, 'eth_getBlockReceipts')).toBe(0)
})

test('those of a single block are asked for by its hash, so that it is no other', async () => {
  const chain = fakeChain()
  const { hash } = chain.mine(payTokens([ALICE, 5n]))
  const calls = asked(chain)

  await fakeLogsReader(chain).blocks(1n, 1n)

  expect(calls.at(-1)).toEqual({ method: 'eth_getLogs', params: [{ blockHash: hash }] })
})

describe('a block is in doubt, and read by its receipts, when', () => {
  const without = (index: number) => (logs: RpcPlacedLog[]) => logs.toSpliced(index, 1)
  const renumbered = (logs: RpcPlacedLog[]) =>
    logs.map((log, index) => ({ ...log, logIndex: `0x${index.toString(16)}` }))
  const changed = (change: Partial<RpcPlacedLog>) => (logs: RpcPlacedLog[]) =>
    logs.map((log, index) => (index === 1 ? { ...log, ...change } : log))
  const word = `0x${'e'.repeat(64)}`

  test.each<[string, (logs: RpcPlacedLog[]) => unknown]>([
    ['it has none of its logs', () => []],
    ['its first log is missing', without(0)],
    ['a log in the middle is missing', without(1)],
    ['its last log is missing', without(3)],
    ['one is missing and the others are renumbered', (logs) => renumbered(without(0)(logs))],
    ['a log is of another block', changed({ blockHash: word })],
    ['every log is of another block', (logs) => logs.map((log) => ({ ...log, blockHash: word }))],
    ['a log is of another transaction', changed({ transactionHash: word })],
    ['a log is of a transaction that it does not have', changed({ transactionIndex: '0x9' })],
    ['a log is said to be removed', changed({ removed: true })],
    ['a log is of another contract', changed({ address: fakeAddress(0x70e) })],
    ['a log is to somebody else', changed({ topics: transferLog(fakeAddress(0xd), 1n).topics })],
    ['its logs are in another order', (logs) => logs.toReversed()],
    ['a log is told twice', (logs) => logs.flatMap((log) => [log, log])],
  ])('%s', async (_, lie) => {
    const chain = fakeChain()
    chain.mine(payTokens([ALICE, 5n], [CAROL, 6n]), payTokens([CAROL, 7n], [BOB, 8n]))
    chain.mine(payTokens([ALICE, 9n]))
    const truth = found(await fakeChainReader(chain, 1).blocks(1n, 2n))
    const calls = telling(chain, (logs) => [
      ...(lie(logs.filter(({ blockNumber }) => blockNumber === '0x1')) as []),
      ...logs.filter(({ blockNumber }) => blockNumber === '0x2'),
    ])

    const blocks = await fakeLogsReader(chain).blocks(1n, 2n)

    expect(found(blocks)).toEqual(truth)
    expect(countOf(calls, 'eth_getBlockReceipts')).toBe(1)
  })
})

test('a reorg between headers and logs mixes nothing', async () => {
  const chain = fakeChain()
  chain.mine(payTokens([ALICE, 5n]))
  chain.mine(payTokens([ALICE, 6n]))
  chain.meddle(({ method }, answer) => {
    if (method === 'eth_getBlockByNumber') chain.reorg(1, [payTokens([ALICE, 7n])])
    return answer
  })

  await expect(fakeLogsReader(chain).blocks(1n, 2n)).rejects.toBeInstanceOf(BlockProofError)
})

test('a header that does not have its own hash proves nothing', async () => {
  const chain = fakeChain()
  chain.mine(payTokens([ALICE, 5n]))
  const { header } = chain.mine()
  chain.meddle(({ method, params }, answer) => {
    const bloom: Partial<RpcHeader> = { logsBloom: header.logsBloom }
    if (method === 'eth_getLogs') return []
    return params[0] === '0x1' ? { ...(answer as RpcHeader), ...bloom } : answer
  })

  await expect(fakeLogsReader(chain).blocks(1n, 2n)).rejects.toThrow(/its header has the hash/)
})

describe('logs that a node gives only so many of', () => {
  const chainOf = (blocks: number) => {
    const chain = fakeChain()
    for (let block = 0; block < blocks; block++) {
      chain.mine(payTokens([ALICE, 5n], [CAROL, 6n], [CAROL, 7n]))
    }
    return chain
  }

  test.each([100, 128, 250])('are all read when it cuts off silently at %d', async (max) => {
    const chain = chainOf(120)
    telling(chain, (logs) => logs.slice(0, max))

    const blocks = await fakeLogsReader(chain).blocks(1n, 120n)

    expect(found(blocks)).toHaveLength(120)
  })

  test('are all read when it refuses more', async () => {
    const chain = chainOf(40)
    const calls = telling(chain, (logs) => {
      if (logs.length <= 20) return logs
      const refusal = { code: -32005, message: 'query returned more than 20 results' }
      throw new RpcAnswerError('fake', 'eth_getLogs', refusal)
    })

    const blocks = await fakeLogsReader(chain).blocks(1n, 40n)

    expect(found(blocks)).toHaveLength(40)
    expect(countOf(calls, 'eth_getBlockReceipts')).toBe(0)
  })

  test('may have been cut where the last block could not tell: it is read by its receipts', async () => {
    const chain = fakeChain()
    for (let block = 0; block < 49; block++) chain.mine(payTokens([ALICE, 5n], [CAROL, 6n]))
    // All that is cut off has been there before, so the bloom lacks nothing.
    chain.mine(payTokens([ALICE, 5n], [CAROL, 6n], [ALICE, 7n]))
    const calls = telling(chain, (logs) => logs.slice(0, 100))

    const blocks = await fakeLogsReader(chain).blocks(1n, 50n)

    expect(found(blocks)).toHaveLength(51)
    expect(countOf(calls, 'eth_getBlockReceipts')).toBe(1)
  })
})

test('no answer is no empty one', async () => {
  const chain = fakeChain()
  chain.mine(payTokens([ALICE, 5n]))
  telling(chain, () => null)

  await expect(fakeLogsReader(chain).blocks(1n, 1n)).rejects.toMatchObject({
    code: 'RPC_UNAVAILABLE',
  })
})

test('blocks are read whole by their hashes, and others are not taken for them', async () => {
  const chain = fakeChain()
  const wanted = chain.mine(payTokens([ALICE, 5n]))
  chain.mine()
  const [reader, whole] = [fakeLogsReader(chain), fakeChainReader(chain, 1)]

  const [found, told] = [await reader.wholeBlocks([wanted]), await whole.blocks(1n, 1n)]
  expect(found.map(plainBlock)).toEqual(told.map(plainBlock))

  chain.reorg(2, [])
  await expect(reader.wholeBlocks([wanted])).rejects.toMatchObject({ code: 'SCAN_BLOCK_MISSING' })
  chain.meddle(() => chain.blocks()[1]?.header)
  await expect(reader.wholeBlocks([wanted])).rejects.toThrow(/it is told as/)
})

test('whole blocks are asked of an endpoint that has got to the highest of them', async () => {
  const chain = fakeChain()
  const wanted = [chain.mine(), chain.mine()]
  const heights: (bigint | undefined)[] = []
  const pin: RpcSource['pin'] = (work, options) => {
    heights.push(options?.height)
    return work(chain.rpc)
  }
  const reader = provingReader({ pin }, [], 'logs')

  await reader.wholeBlocks(wanted)

  expect(heights).toEqual([2n])
  expect(await reader.wholeBlocks([])).toEqual([])
})
