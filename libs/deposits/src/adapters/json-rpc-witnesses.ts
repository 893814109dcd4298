import type { Endpoints } from '@coffer/evm/endpoints'
import type { BlockHash } from '@coffer/evm/hash'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import { QuorumError } from '@coffer/evm/quorum'
import type { BlockHeader } from '../domain/block.ts'
import type { TaggedHeights } from '../domain/finality.ts'
import type { Testimony, Witnesses } from '../witness-ports.ts'
import { headerCall } from './header-call.ts'
import { headerOf, type RpcHeader } from './rpc-answers.ts'
import { BlockProofError } from './verify-block.ts'

export type WitnessOptions = {
  /** Nobody is waited for longer, milliseconds: whoever is silent for so long says nothing. */
  timeoutMs?: number
}

const TIMEOUT_MS = 3_000

/** Asks the endpoints of a pool what they have each. */
export function jsonRpcWitnesses(
  source: Pick<Endpoints, 'quorum' | 'distrust' | 'hosts'>,
  { timeoutMs = TIMEOUT_MS }: WitnessOptions = {},
): Witnesses {
  return {
    hosts: source.hosts,
    distrust: source.distrust,

    async headerAt(height, voices): Promise<Testimony> {
      const said: { endpoint: string; hash: BlockHash; head: bigint }[] = []
      const ask = async (rpc: JsonRpc) => {
        const { header, head } = await headersFrom(rpc, height)
        said.push({ endpoint: rpc.name, hash: header.hash, head })
        return header
      }
      const agree = (one: BlockHeader, other: BlockHeader) => one.hash === other.hash
      const options = { height, timeoutMs, agree }
      const agreed = await unlessNoQuorum(source.quorum(voices, ask, options))
      return agreed instanceof QuorumError
        ? { agreed: undefined, said, problem: agreed.message }
        : { agreed, said, problem: '' }
    },

    async taggedBy(tags, voices): Promise<TaggedHeights> {
      const reached = await Promise.all(
        tags.map(async (tag) => {
          const heights: bigint[] = []
          const ask = async (rpc: JsonRpc) => {
            const { method, params } = headerCall(tag)
            const answer = (await rpc.call(method, params)) as RpcHeader | null
            heights.push(headerOf(answer, tag).number)
          }
          // How far the slowest is, so many have all got.
          const agree = () => true
          const asked = await unlessNoQuorum(source.quorum(voices, ask, { timeoutMs, agree }))
          if (asked instanceof QuorumError) return []
          return [[tag, heights.reduce((low, each) => (each < low ? each : low))] as const]
        }),
      )
      return Object.fromEntries(reached.flat())
    },
  }
}

async function headersFrom(rpc: JsonRpc, height: bigint) {
  const answers = (await rpc.batch([height, 'latest'].map(headerCall))) as (RpcHeader | null)[]
  const header = headerOf(answers[0] ?? null, height)
  if (header.number !== height) throw new BlockProofError(header, `asked for ${height}`)
  return { header, head: headerOf(answers[1] ?? null, 'latest').number }
}

async function unlessNoQuorum<T>(asking: Promise<T>): Promise<T | QuorumError> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof QuorumError) return error
    throw error
  }
}
