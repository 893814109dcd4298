import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import { expect, test } from 'vitest'
import type { Block } from '../domain/block.ts'
import { depositRules, tokenTransfers } from '../domain/detect-transfers.ts'
import { type FakeChain, fakeAddress, fakeChain } from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { ASSETS, payTokens } from '../testing/fake-transfers.ts'
import { jsonRpcChainReader } from './json-rpc-chain-reader.ts'
import type { DoubtedBlock } from './logged-blocks.ts'
import type { RpcPlacedLog } from './rpc-answers.ts'

const [ALICE, BOB] = [fakeAddress(0xa), fakeAddress(0xb)]

const rules = depositRules({ assets: ASSETS, isWatched: (to) => to === ALICE || to === BOB })

const amounts = (blocks: readonly Block[]) =>
  blocks.flatMap((block) => tokenTransfers(block, rules).map(({ amount }) => amount))

const inCapitals = (text: string) => `0x${text.slice(2).toUpperCase()}`

/** Two blocks, read by their logs as `tell` changes them, and what was said of those in doubt. */
async function readAs(tell: (logs: RpcPlacedLog[]) => RpcPlacedLog[]) {
  const chain: FakeChain = fakeChain()
  chain.mine(payTokens([ALICE, 0xabcn], [BOB, 6n]))
  chain.mine(payTokens([ALICE, 9n]))
  const whole = await fakeChainReader(chain, 1).blocks(1n, 2n)
  chain.meddle(({ method }, answer) =>
    method === 'eth_getLogs' ? tell(structuredClone(answer) as RpcPlacedLog[]) : answer,
  )
  const doubts: DoubtedBlock[] = []
  const source = { pin: <T>(work: (rpc: typeof chain.rpc) => Promise<T>) => work(chain.rpc) }
  const onDoubted = (told: readonly DoubtedBlock[]) => void doubts.push(...told)
  const reader = jsonRpcChainReader(source, { proof: WHOLE_PROOF, byLogs: true, onDoubted })
  const found = amounts(await reader.blocks(1n, 2n))
  expect(found).toEqual(amounts(whole))
  return doubts
}

test('logs whose hex is in capitals are found as others are', async () => {
  const doubts = await readAs((logs) =>
    logs.map(({ address, topics, data, ...log }) => ({
      ...{ ...log, address: inCapitals(address), data: inCapitals(data) },
      topics: topics.map(inCapitals),
    })),
  )

  expect(doubts).toEqual([])
})

test('a block whose hash is in capitals in its logs is in doubt, and nothing of it missed', async () => {
  const doubts = await readAs((logs) =>
    logs.map((log) => ({ ...log, blockHash: inCapitals(log.blockHash) })),
  )

  expect(doubts.map(({ height }) => height)).toEqual([1n, 2n])
})

test('a block in doubt is told of, and why', async () => {
  const doubts = await readAs((logs) => logs.toSpliced(1, 1))

  expect(doubts).toEqual([{ height: 1n, doubt: "its logs do not make up the header's logs bloom" }])
})
