import type { Address } from '@coffer/evm/address'
import type { ProofSteps } from '@coffer/evm/block-proof'
import type { TraceMethod } from '@coffer/evm/chain-config'
import type { Tag } from '@coffer/evm/confirmations'
import type { TxHash } from '@coffer/evm/hash'
import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import { releaseMemory } from '@coffer/evm/release-memory'
import { type ToldReceipts, toldReceipts } from '@coffer/evm/told-receipts'
import { type Units, units } from '@coffer/money/units'
import type { Block, BlockHeader, BlockRef } from '../domain/block.ts'
import type { NativeCandidate } from '../domain/detect-transfers.ts'
import type { ChainReader } from '../ports.ts'
import { blockFees } from './block-fees.ts'
import { headerCall } from './header-call.ts'
import { type DoubtedBlock, type LogsRpc, loggedBlocks } from './logged-blocks.ts'
import { namedContracts } from './named-contracts.ts'
import { headReader, readHeader } from './read-head.ts'
import { readTimer } from './read-timer.ts'
import { type RequestSize, requestSize } from './request-size.ts'
import { headerOf, type RpcHeader, type RpcTransaction } from './rpc-answers.ts'
import { tokenGains } from './token-gains.ts'
import { readToldTraces } from './told-traces.ts'
import { BlockProofError, verifiedBlock } from './verify-block.ts'
import { type TraceAnswer, tracedBlock } from './verify-traces.ts'

/** Small calls that are sent in one request; providers refuse longer batches. */
const CALLS_PER_REQUEST = 200

/** Blocks whose receipts are asked for in one request: as many as make up some such an answer. */
const RECEIPTS_BYTES = 1_000_000
const RECEIPTS_PER_REQUEST = { first: 10, max: 50, bytes: RECEIPTS_BYTES }

/** Endpoints of one chain; `Endpoints` of `@coffer/evm/endpoints` is one. */
export type RpcSource = {
  /** Does a piece of work with one endpoint, and all of it again with another if need be. */
  pin<T>(work: (rpc: LogsRpc) => Promise<T>, options?: { height?: bigint }): Promise<T>
  /** How far the chain is by what most of the endpoints have told. */
  head?(): bigint | undefined
}

/** What blocks are held against, and in how large pieces they are asked for. */
type BlockRules = Pick<ChainReaderOptions, 'proof' | 'transactionTypes'> & { size: RequestSize }

export type ChainReaderOptions = {
  /** What is proven of blocks. */
  proof: ProofSteps
  /** Types of transactions that are known of the chain; left out, all that can be proven. */
  transactionTypes?: readonly number[]
  /** Tags whose heights are told with the head. */
  tags?: readonly Tag[]
  /** How blocks are read with the calls of their transactions; left out, they are read without. */
  traceMethod?: TraceMethod
  /** Whether blocks are read by their logs, of a chain whose native coin is not wanted. */
  byLogs?: boolean
  /** Told of blocks whose logs prove too little, so that their receipts are read. */
  onDoubted?: (doubts: readonly DoubtedBlock[]) => void
}

/**
 * Reads a chain: headers by number (`eth_getBlockByNumber`), receipts by the header's hash
 * (`eth_getBlockReceipts`), so that a reorg between the two calls can't mix blocks. What belongs
 * together is asked of one endpoint.
 */
export function jsonRpcChainReader(source: RpcSource, options: ChainReaderOptions): ChainReader {
  const { tags = [], byLogs = false, proof, onDoubted } = options
  const rules = { ...options, size: requestSize(RECEIPTS_PER_REQUEST) }
  const heads = headReader(source, { tags, proof })
  /** The tip as it was polled, to spare a new block's header. Good for once: it may be replaced. */
  let tip: RpcHeader | undefined

  const headers = async (rpc: JsonRpc, from: bigint, to: bigint): Promise<RpcHeader[]> => {
    const polled = tip
    tip = undefined
    if (from === to && polled && BigInt(polled.number) === from) return [polled]
    const calls = heights(from, to).map(headerCall)
    const answers = (await inRequests(rpc, calls)) as (RpcHeader | null)[]
    return answers.map((answer, index) => {
      const height = from + BigInt(index)
      const { number, hash } = headerOf(answer, height)
      if (number !== height) throw new BlockProofError({ number, hash }, `asked for ${height}`)
      return answer as RpcHeader
    })
  }

  const asked = <T>({ number: height }: BlockRef, ask: (rpc: JsonRpc) => Promise<T>) =>
    source.pin(ask, { height })

  return {
    async head() {
      const { head, header } = await heads.read()
      tip = header
      return head
    },

    headerAt: (height) => readHeader(source, height),

    blocks(from, to) {
      const read = async (rpc: LogsRpc) => {
        const answers = await headers(rpc, from, to)
        const wholly = (some: readonly RpcHeader[]) => wholeBlocks(rpc, some, rules)
        if (byLogs) {
          return await loggedBlocks({ rpc, headers: answers, wholeBlocks: wholly, onDoubted })
        }
        return await wholly(answers)
      }
      return heads.followed(source.pin(read, { height: to }))
    },

    async wholeBlocks(wanted) {
      const highest = wanted.at(-1)
      if (highest === undefined) return []
      return asked(highest, async (rpc) => wholeBlocks(rpc, await headersOf(rpc, wanted), rules))
    },

    values(candidates) {
      const calls = candidates.map(({ receipt }) => ({
        method: 'eth_getTransactionByHash',
        params: [receipt.txHash],
      }))
      return source.pin(async (rpc) => {
        const answers = (await inRequests(rpc, calls)) as (RpcTransaction | null)[]
        return new Map(candidates.map((candidate, index) => valueIn(candidate, answers[index])))
      })
    },

    gains: (block, accounts) => gainsOf(source, block, accounts),

    fees: (block, of) => asked(block, (rpc) => blockFees(rpc, block, of)),
    tokenGains: (block, holdings) => asked(block, (rpc) => tokenGains(rpc, block, holdings)),
    namedContracts: (block, places) => asked(block, (rpc) => namedContracts(rpc, block, places)),
  }
}

async function inRequests(rpc: JsonRpc, calls: readonly RpcCall[]): Promise<unknown[]> {
  const requests: Promise<unknown[]>[] = []
  for (let first = 0; first < calls.length; first += CALLS_PER_REQUEST) {
    requests.push(rpc.batch(calls.slice(first, first + CALLS_PER_REQUEST)))
  }
  return (await Promise.all(requests)).flat()
}

/** The headers of blocks that are asked for by their hashes. */
async function headersOf(rpc: JsonRpc, wanted: readonly BlockRef[]): Promise<RpcHeader[]> {
  const calls = wanted.map(({ hash }) => ({ method: 'eth_getBlockByHash', params: [hash, false] }))
  const answers = (await inRequests(rpc, calls)) as (RpcHeader | null)[]
  return wanted.map(({ number, hash }, index) => {
    const answer = answers[index] ?? null
    const { hash: told } = headerOf(answer, number)
    if (told !== hash) throw new BlockProofError({ number, hash }, `it is told as ${told}`)
    return answer as RpcHeader
  })
}

/** Blocks by their receipts, and by their traces where these are read. */
async function wholeBlocks(
  rpc: JsonRpc,
  headers: readonly RpcHeader[],
  { traceMethod, ...rules }: BlockRules & Pick<ChainReaderOptions, 'traceMethod'>,
): Promise<Block[]> {
  const requests: Promise<Block[]>[] = []
  const blocks = rules.size.blocks()
  for (let first = 0; first < headers.length; first += blocks) {
    const some = headers.slice(first, first + blocks)
    requests.push(
      traceMethod
        ? tracedBlocks(rpc, some, { ...rules, traceMethod })
        : verifiedBlocks(rpc, some, rules),
    )
  }
  return (await Promise.all(requests)).flat()
}

async function verifiedBlocks(
  rpc: JsonRpc,
  headers: readonly RpcHeader[],
  { proof, transactionTypes, size }: BlockRules,
): Promise<Block[]> {
  const timer = readTimer()
  const told = await receiptsOf(rpc, headers, { proof, size })
  timer.told()
  const blocks = headers.map((header, index) =>
    verifiedBlock({ header, receipts: told[index] ?? null }, proof, transactionTypes),
  )
  return timer.proven(blocks)
}

async function receiptsOf(
  rpc: JsonRpc,
  headers: readonly RpcHeader[],
  { proof, size }: Pick<BlockRules, 'proof' | 'size'>,
): Promise<(ToldReceipts | null)[]> {
  const told = await rpc.read(
    headers.map(({ hash }) => ({ method: 'eth_getBlockReceipts', params: [hash] })),
    toldReceipts({ root: proof.receiptsRoot }),
  )
  for (const [body, blocks] of Map.groupBy(told, (each) => each?.body)) {
    if (body) size.answered(blocks.length, body.length)
  }
  return told
}

/**
 * Asks for the traces beside the receipts, so that neither waits for the other; and not at all for
 * those of a block without transactions, which some nodes refuse of the first block.
 */
async function tracedBlocks(
  rpc: JsonRpc,
  headers: readonly RpcHeader[],
  rules: BlockRules & { traceMethod: TraceMethod },
): Promise<Block[]> {
  const timer = readTimer()
  const traceable = headers.filter(({ transactions }) => transactions.length > 0)
  const [told, answers] = await Promise.all([
    receiptsOf(rpc, headers, rules),
    tracesOf(rpc, traceable, rules.traceMethod),
  ])
  timer.told()
  const traces = answers.values()
  const blocks = headers.map((header, index) => {
    const receipts = told[index] ?? null
    const block = verifiedBlock({ header, receipts }, rules.proof, rules.transactionTypes)
    if (header.transactions.length === 0) return { ...block, traces: [] }
    return tracedBlock(block, traces.next().value ?? NO_TRACES, receipts)
  })
  for (const answer of answers) {
    if (answer.method === 'trace_block' && answer.told) releaseMemory(answer.told.bytes)
  }
  return timer.proven(blocks)
}

/** As long as nothing is missing from an answer, nobody is told this. */
const NO_TRACES: TraceAnswer = { method: 'trace_block', told: null }

async function tracesOf(
  rpc: JsonRpc,
  headers: readonly RpcHeader[],
  method: TraceMethod,
): Promise<TraceAnswer[]> {
  if (method === 'trace_block') {
    const calls = headers.map(({ number }) => ({ method, params: [number] }))
    const answers = await rpc.read(calls, readToldTraces)
    return answers.map((told) => ({ method, told }))
  }
  const calls = headers.map(({ hash }) => ({ method, params: [hash, { tracer: 'callTracer' }] }))
  const answers = await rpc.batch(calls)
  return answers.map((told) => ({ method, told }))
}

function gainsOf(
  source: RpcSource,
  block: BlockHeader,
  accounts: readonly Address[],
): Promise<Map<Address, bigint>> {
  const calls = accounts.flatMap((account) =>
    [block.hash, block.parentHash].map((blockHash) => ({
      method: 'eth_getBalance',
      params: [account, { blockHash }],
    })),
  )
  const ask = async (rpc: JsonRpc) => {
    const answers = (await inRequests(rpc, calls)) as (string | null)[]
    return new Map(accounts.map((each, index) => gainIn(block, each, answers.slice(2 * index))))
  }
  return source.pin(ask, { height: block.number })
}

function gainIn(
  block: BlockRef,
  account: Address,
  balances: readonly (string | null | undefined)[],
): [Address, bigint] {
  const [after, before] = balances
  if (!after || !before) throw new BlockProofError(block, `the balance of ${account} is missing`)
  return [account, BigInt(after) - BigInt(before)]
}

function valueIn(
  { block, receipt }: NativeCandidate,
  answer: RpcTransaction | null | undefined,
): [TxHash, Units] {
  const { txHash } = receipt
  const matches =
    answer?.hash === txHash &&
    answer.blockHash === block.hash &&
    (answer.to?.toLowerCase() ?? null) === receipt.to
  if (!matches) throw new BlockProofError(block, `transaction ${txHash} is not the same any more`)
  return [txHash, units(BigInt(answer.value))]
}

const heights = (from: bigint, to: bigint): bigint[] =>
  Array.from({ length: Number(to - from) + 1 }, (_, index) => from + BigInt(index))
