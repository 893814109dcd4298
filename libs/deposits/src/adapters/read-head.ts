import type { ProofSteps } from '@coffer/evm/block-proof'
import type { Tag } from '@coffer/evm/confirmations'
import { headerHash } from '@coffer/evm/header-hash'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { BlockHeader } from '../domain/block.ts'
import type { TaggedHeights } from '../domain/finality.ts'
import type { Head } from '../ports.ts'
import { headerCall } from './header-call.ts'
import type { RpcSource } from './json-rpc-chain-reader.ts'
import { headerOf, type RpcHeader } from './rpc-answers.ts'
import { BlockProofError } from './verify-block.ts'

export type ReadHeadOptions = { tags: readonly Tag[]; proof: Pick<ProofSteps, 'headerHash'> }

/** Blocks that one endpoint may be before the others: it has the newest first. */
const LEAD_MAX = 3n

/** The tip of a chain, and its header as it was answered. */
type ReadHead = { head: Head; header: RpcHeader }

/**
 * Asks an endpoint for its newest block, which must be what its hash says: a number alone is
 * quickly made up. One that runs away from the others is not followed; and after blocks up to what
 * was told could not be read, none is by any block.
 */
export function headReader(source: RpcSource, options: ReadHeadOptions) {
  let isDoubted = false
  return {
    async read(): Promise<ReadHead> {
      const read = await source.pin((rpc) => askHead(rpc, options))
      const common = source.head?.()
      const lead = isDoubted ? 0n : LEAD_MAX
      if (common === undefined || read.head.number <= common + lead) return read
      const ask = (rpc: JsonRpc) => askHeader(rpc, common)
      const header = await source.pin(ask, { height: common })
      const { number, hash } = headerOf(header, common)
      return { head: { ...read.head, number, hash }, header: header as RpcHeader }
    },

    /** Sees whether blocks up to the head that was told can be read. */
    async followed<T>(reading: Promise<T>): Promise<T> {
      try {
        const blocks = await reading
        isDoubted = false
        return blocks
      } catch (error) {
        isDoubted = true
        throw error
      }
    },
  }
}

/** The header at a height; `undefined` beyond the head. */
export function readHeader(source: RpcSource, height: bigint): Promise<BlockHeader | undefined> {
  const ask = async (rpc: JsonRpc) => {
    const answer = await askHeader(rpc, height)
    // One that lags behind what was told is no witness that there is no such block.
    const isTold = (source.head?.() ?? -1n) >= height
    return answer === null && !isTold ? undefined : headerOf(answer, height)
  }
  return source.pin(ask, { height })
}

async function askHeader(rpc: JsonRpc, height: bigint): Promise<RpcHeader | null> {
  const { method, params } = headerCall(height)
  return (await rpc.call(method, params)) as RpcHeader | null
}

async function askHead(rpc: JsonRpc, { tags, proof }: ReadHeadOptions): Promise<ReadHead> {
  const answers = (await rpc.batch(['latest', ...tags].map(headerCall))) as (RpcHeader | null)[]
  const [header = null, ...named] = answers
  const { number, hash } = headerOf(header, 'latest')
  const computed = proof.headerHash && header ? headerHash(header) : hash
  if (computed !== undefined && computed !== hash) {
    throw new BlockProofError({ number, hash }, `its head has the hash ${computed}`)
  }
  return {
    head: { number, hash, tagged: heightsOf(tags, named) },
    header: header as RpcHeader,
  }
}

/** A tag of which the node has no block yet has no height. */
function heightsOf(tags: readonly Tag[], answers: readonly (RpcHeader | null)[]): TaggedHeights {
  const heights = tags.flatMap((tag, index) => {
    const answer = answers[index] ?? null
    return answer === null ? [] : [[tag, headerOf(answer, tag).number] as const]
  })
  return Object.fromEntries(heights)
}
