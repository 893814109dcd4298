import type { Endpoints } from '@coffer/evm/endpoints'
import type { BlockHash } from '@coffer/evm/hash'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { PinOptions } from '@coffer/evm/pinned-work'
import type { AuditWitnesses } from '../audit-ports.ts'
import { headerOf, type RpcHeader } from './rpc-answers.ts'

/** Whom a scan and its audit ask. */
export type AuditSources = {
  scan: Source
  audit: Source
  witnesses: AuditWitnesses
}

type Pinning = {
  pin: <T>(work: (rpc: JsonRpc) => Promise<T>, options?: PinOptions) => Promise<T>
}

type Source = Pinning & {
  /** How far the chain is by what most of the endpoints have told. */
  head: () => bigint | undefined
}

export type AuditSourcesOptions = {
  endpoints: Pick<Endpoints, 'pin' | 'quorum' | 'head'>
  /** How many hosts the endpoints are on: two of one host are no independent witnesses. */
  hosts: number
  /** Blocks that the audit reads at once. */
  rangeBlocks: number
}

/** Pieces of work of which it is remembered who did them. */
const PIECES_MAX = 2_000

/**
 * Sees to it that the audit asks somebody else than the scan did: of recent blocks those who told
 * of them are remembered, of others who was asked last. Where there is nobody else, they are asked.
 */
export function auditSources(options: AuditSourcesOptions): AuditSources {
  const { endpoints, hosts, rangeBlocks } = options
  /** Who was asked about the blocks up to a height. */
  const askedBy = new Map<bigint, string>()
  let lastAsked: string | undefined
  let auditor: string | undefined
  let distrusted: { height: bigint | undefined; name: string } | undefined
  let auditedHeight: bigint | undefined

  const scan: Pinning = {
    async pin(work, pinOptions) {
      const { result, name } = await named(work, pinOptions)
      lastAsked = name
      const height = pinOptions?.height
      if (height !== undefined) {
        // Put anew, so that the oldest is always the first.
        askedBy.delete(height)
        askedBy.set(height, name)
      }
      const [oldest] = askedBy.keys()
      if (askedBy.size > PIECES_MAX && oldest !== undefined) askedBy.delete(oldest)
      return result
    },
  }
  const audit: Pinning = {
    async pin(work, pinOptions = {}) {
      const { height } = pinOptions
      auditedHeight = height
      const isDistrusted = distrusted !== undefined && distrusted.height === height
      const avoid = isDistrusted && distrusted ? [distrusted.name] : toldOf(height)
      const { result, name } = await named(work, { ...pinOptions, avoid })
      auditor = name
      return result
    },
  }

  async function named<T>(work: (rpc: JsonRpc) => Promise<T>, pinOptions: PinOptions = {}) {
    let name = ''
    const result = await endpoints.pin((rpc) => {
      name = rpc.name
      return work(rpc)
    }, pinOptions)
    return { result, name }
  }

  /** Those who told the scan of the blocks that end at `height`. */
  function toldOf(height: bigint | undefined): string[] {
    const names = new Set<string>()
    if (height !== undefined) {
      const ends = [...askedBy.keys()].filter((end) => end > height - BigInt(rangeBlocks))
      const [first, ...others] = ends.sort((a, b) => Number(a - b))
      for (const end of ends.filter((each) => each <= height)) names.add(askedBy.get(end) ?? '')
      const above = [first, ...others].find((end) => end !== undefined && end >= height)
      if (above !== undefined) names.add(askedBy.get(above) ?? '')
    }
    if (names.size === 0 && lastAsked !== undefined) names.add(lastAsked)
    return [...names]
  }

  return {
    scan: { ...scan, head: endpoints.head },
    audit: { ...audit, head: endpoints.head },
    witnesses: {
      async agreedHash(height) {
        if (hosts < 2) return undefined
        return await endpoints.quorum(2, (rpc) => hashAt(rpc, height), { height })
      },
      distrust() {
        if (auditor !== undefined) distrusted = { height: auditedHeight, name: auditor }
      },
    },
  }
}

async function hashAt(rpc: JsonRpc, height: bigint): Promise<BlockHash> {
  const answer = await rpc.call('eth_getBlockByNumber', [`0x${height.toString(16)}`, false])
  return headerOf(answer as RpcHeader | null, height).hash
}
