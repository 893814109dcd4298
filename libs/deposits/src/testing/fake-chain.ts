import { type Address, ZERO_ADDRESS } from '@coffer/evm/address'
import type { Tag } from '@coffer/evm/confirmations'
import { type BlockHash, blockHash, type TxHash, txHash } from '@coffer/evm/hash'
import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import { readBatch } from '@coffer/evm/testing/read-batch'
import type { RpcHeader, RpcTransaction } from '../adapters/rpc-answers.ts'
import type { Log, Withdrawal } from '../domain/block.ts'
import { fakeBalance } from './fake-balances.ts'
import { fakeHeader, fakeReceipts } from './fake-header.ts'
import { fakeLogs } from './fake-logs.ts'
import { fakeImplementation, fakeTokenBalance } from './fake-tokens.ts'
import { fakeTraces } from './fake-traces.ts'

export type FakeTransaction = {
  hash: TxHash
  from: Address
  to: Address | null
  /** The contract that it creates, where `to` is null. */
  created: Address | null
  value: bigint
  succeeded: boolean
  /** What it pays the producer of its block for each gas; its base fee is none. */
  tip: bigint
  logs: readonly Log[]
  /** The calls that it makes, as `callTracer` tells them. */
  calls: readonly FakeCall[]
  /** The contract whose code an upgradeable token runs from here on. */
  upgradesTo?: Address
}

export type FakeCall = {
  type: string
  from: Address
  to?: Address
  value?: string
  error?: string
  /** Whether the node tells of it though it didn't happen. */
  isPhantom?: boolean
  calls?: readonly FakeCall[]
}

export type FakeBlock = {
  number: bigint
  hash: BlockHash
  parentHash: BlockHash
  transactions: readonly FakeTransaction[]
  producer: Address
  withdrawals: readonly Withdrawal[]
  /** As the node tells it. Its hash and its receipts root are the right ones. */
  header: RpcHeader
}

/** What a block is made of. */
export type BlockFacts = Pick<FakeBlock, 'transactions' | 'producer' | 'withdrawals'>

/** What the node is made to answer instead of `answer`. It may also act on the chain, or throw. */
export type Meddler = (call: RpcCall, answer: unknown) => unknown

/**
 * A chain in memory, with the node that serves it and everything that nodes do to their readers.
 */
export type FakeChain = {
  /** The node: it answers as Anvil does, with null for blocks that left the chain. */
  rpc: JsonRpc
  /** Another node of the chain, which sees what `view` makes of its blocks. */
  node(name: string, view: (blocks: readonly FakeBlock[]) => readonly FakeBlock[]): JsonRpc
  /** Another node of the chain: it lags behind nobody, and nobody meddles with it. */
  honest: JsonRpc
  blocks(): readonly FakeBlock[]
  /** Adds a block on top. */
  mine(...transactions: readonly FakeTransaction[]): FakeBlock
  /** Adds one that pays coin by itself. */
  mineBlock(facts: Partial<BlockFacts>): FakeBlock
  mineEmpty(count: number): void
  /** Takes away the `depth` newest blocks and adds one for each of `branch`. */
  reorg(depth: number, ...branch: readonly (readonly FakeTransaction[])[]): void
  /** A block on top of `parent`, made as any other is, that is not on the chain. */
  invent(parent: FakeBlock, facts: Partial<BlockFacts>): FakeBlock
  /** Makes an earlier state of {@link FakeChain.blocks} the chain again. */
  flipTo(blocks: readonly FakeBlock[]): void
  /** The node serves nothing of the `blocks` newest ones. */
  lag(blocks: number): void
  /** Height that a tag names, or both of them. */
  tag(height: bigint | null, tag?: Tag): void
  meddle(meddler: Meddler | undefined): void
}

/** Starts as a chain of a genesis block alone, block 0. */
export function fakeChain(): FakeChain {
  let made = 0
  const make = (parent: FakeBlock | undefined, facts: Partial<BlockFacts>): FakeBlock => {
    made += 1
    const number = (parent?.number ?? -1n) + 1n
    const parentHash = parent?.hash ?? blockHash(`0x${'0'.repeat(64)}`)
    // The number of its making makes each block another one, also of the same transactions.
    const { transactions = [], producer = ZERO_ADDRESS, withdrawals = [] } = facts
    const whole = { number, parentHash, transactions, producer, withdrawals }
    const header = fakeHeader({ ...whole, made })
    return { ...whole, hash: blockHash(String(header.hash)), header }
  }
  let blocks: FakeBlock[] = [make(undefined, {})]
  let lag = 0
  let tagged: FakeTags = {}
  let meddler: Meddler | undefined

  const mineBlock = (facts: Partial<BlockFacts>): FakeBlock => {
    const block = make(blocks.at(-1), facts)
    blocks.push(block)
    return block
  }
  const mine = (...transactions: readonly FakeTransaction[]) => mineBlock({ transactions })
  const node: FakeChain['node'] = (name, view) =>
    nodeOf(name, (call) => {
      const told = answerOf(call, view(blocks), tagged)
      return meddler ? meddler(call, told) : told
    })
  const honest = nodeOf('honest', (call) => answerOf(call, blocks, tagged))
  return {
    rpc: node('fake', (all) => all.slice(0, all.length - lag)),
    node,
    honest,
    blocks: () => [...blocks],
    mine,
    mineBlock,
    mineEmpty(count) {
      for (let mined = 0; mined < count; mined++) mine()
    },
    reorg(depth, ...branch) {
      blocks = blocks.slice(0, blocks.length - depth)
      for (const transactions of branch) mine(...transactions)
    },
    invent: make,
    flipTo(earlier) {
      blocks = [...earlier]
    },
    lag(behind) {
      lag = behind
    },
    tag(height, tag) {
      tagged = { ...tagged, ...(tag ? { [tag]: height } : { safe: height, finalized: height }) }
    },
    meddle(next) {
      meddler = next
    },
  }
}

function nodeOf(name: string, tell: (call: RpcCall) => unknown): JsonRpc {
  const answer = async (call: RpcCall): Promise<unknown> => tell(call)
  const batch: JsonRpc['batch'] = (calls) => Promise.all(calls.map(answer))
  return {
    name,
    call: (method, params) => answer({ method, params }),
    batch,
    read: readBatch(name, batch),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function answerOf({ method, params }: RpcCall, blocks: readonly FakeBlock[], tags: FakeTags) {
  const [wanted] = params as [string]
  if (method === 'eth_chainId') return CHAIN_ID
  if (method === 'eth_getBlockByNumber') {
    const block = blockAt(
      blocks,
      wanted === 'latest' ? BigInt(blocks.length - 1) : heightOf(wanted, tags),
    )
    return block ? block.header : null
  }
  if (method === 'eth_getBlockByHash') {
    return blocks.find(({ hash }) => hash === wanted)?.header ?? null
  }
  if (method === 'eth_getLogs') return fakeLogs(blocks, params[0] as object)
  if (method === 'eth_getBlockReceipts') {
    const block = blocks.find(({ hash }) => hash === wanted)
    return block ? fakeReceipts(block) : null
  }
  if (method === 'debug_traceBlockByHash' || method === 'trace_block') {
    return fakeTraces(blocks, method, wanted)
  }
  if (STATE_METHODS.has(method)) return stateOf({ method, params }, blocks)
  if (method === 'eth_getTransactionByHash') {
    return (
      blocks.flatMap((block) => transactionsOf(block)).find(({ hash }) => hash === wanted) ?? null
    )
  }
  throw new Error(`The fake node knows no ${method}.`)
}

/** Which chain every node says that it serves. */
const CHAIN_ID = '0x7a69'

const STATE_METHODS = new Set([
  ...['eth_getBalance', 'eth_call', 'eth_getStorageAt', 'eth_getTransactionCount', 'eth_getCode'],
])

type FakeTags = Partial<Record<Tag, bigint | null>>

const heightOf = (wanted: string, tags: FakeTags) =>
  wanted === 'safe' || wanted === 'finalized' ? (tags[wanted] ?? -1n) : BigInt(wanted)
/** What is asked of the state after a block, by its hash. */
function stateOf({ method, params }: RpcCall, blocks: readonly FakeBlock[]): string | null {
  const [asked] = params
  const { blockHash } = params.at(-1) as { blockHash: string }
  const last = blocks.findIndex(({ hash }) => hash === blockHash)
  if (last === -1) return null
  const until = blocks.slice(0, last + 1)
  if (method === 'eth_getBalance') return hex(fakeBalance(until, String(asked)))
  if (method === 'eth_getTransactionCount') return hex(sentBy(until, String(asked)))
  // Nobody who holds anything here is a contract.
  if (method === 'eth_getCode') return '0x'
  if (method === 'eth_getStorageAt') return fakeImplementation(until)
  const { to: token, data } = asked as { to: string; data: string }
  const balance = fakeTokenBalance(until, { token, holder: `0x${data.slice(-40)}` })
  return `0x${balance.toString(16).padStart(64, '0')}`
}

const sentBy = (blocks: readonly FakeBlock[], account: string): bigint => {
  const transactions = blocks.flatMap((block) => block.transactions)
  return BigInt(transactions.filter(({ from }) => from === account).length)
}

const blockAt = (blocks: readonly FakeBlock[], height: bigint) =>
  blocks.find(({ number }) => number === height)

const hex = (value: bigint): string => `0x${value.toString(16)}`

const transactionsOf = ({ hash: blockHash, transactions }: FakeBlock): RpcTransaction[] =>
  transactions.map(({ hash, to, value }) => ({ hash, to, blockHash, value: hex(value) }))

let transactionsMade = 0

/** A transaction that has a hash of its own, and does nothing but what is given. */
export function fakeTransaction(facts: Partial<FakeTransaction> = {}): FakeTransaction {
  transactionsMade += 1
  return {
    hash: txHash(`0xf${transactionsMade.toString(16).padStart(63, '0')}`),
    from: fakeAddress(0xfee),
    to: null,
    created: null,
    value: 0n,
    succeeded: true,
    tip: 0n,
    logs: [],
    calls: [],
    ...facts,
  }
}

/** The address whose number is `number`. */
export const fakeAddress = (number: number) =>
  `0x${number.toString(16).padStart(40, '0')}` as Address
