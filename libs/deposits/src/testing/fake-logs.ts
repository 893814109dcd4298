import { RpcAnswerError } from '@coffer/evm/json-rpc'
import type { RpcPlacedLog } from '../adapters/rpc-answers.ts'
import type { FakeBlock } from './fake-chain.ts'
import { fakeReceipts } from './fake-header.ts'

/** Which logs are asked for: of the block with this hash, or of a range of heights. */
type Wanted = {
  blockHash?: string
  fromBlock?: string
  toBlock?: string
  /** Only those of this contract. */
  address?: string
  /** Only those that begin with these topics. */
  topics?: readonly string[]
}

/** What an honest node answers to `eth_getLogs`: as most do, nothing beyond its head. */
export function fakeLogs(blocks: readonly FakeBlock[], wanted: Wanted): RpcPlacedLog[] {
  const { blockHash, fromBlock = '0x0', toBlock = '0x0' } = wanted
  if (blockHash !== undefined) {
    const block = blocks.find(({ hash }) => hash === blockHash)
    if (block === undefined) {
      throw new RpcAnswerError('fake', 'eth_getLogs', { code: -32_000, message: 'unknown block' })
    }
    return logsOf(block)
  }
  const [from, to] = [BigInt(fromBlock), BigInt(toBlock)]
  const within = blocks.filter(({ number }) => number >= from && number <= to)
  return within.flatMap(logsOf).filter((log) => isWanted(log, wanted))
}

const isWanted = (log: RpcPlacedLog, { address, topics = [] }: Wanted) =>
  (address === undefined || log.address === address) &&
  topics.every((topic, index) => log.topics[index] === topic)

const logsOf = (block: FakeBlock): RpcPlacedLog[] =>
  fakeReceipts(block).flatMap(({ logs }, index) =>
    logs.map((log) => ({
      ...log,
      blockNumber: `0x${block.number.toString(16)}`,
      transactionIndex: `0x${index.toString(16)}`,
    })),
  )
