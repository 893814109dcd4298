import type { Tag } from '@coffer/evm/confirmations'
import type { BlockHash } from '@coffer/evm/hash'
import type { BlockRef } from '../domain/block.ts'
import {
  type Finality,
  type FinalityPolicy,
  finalityAt,
  finalityWithin,
  type TaggedHeights,
  tagsOf,
} from '../domain/finality.ts'
import type { Head, ScanObserver, ScanState, ScanStore } from '../ports.ts'
import type { Witnesses } from '../witness-ports.ts'

export type AgreeOnFinalPorts = {
  store: Pick<ScanStore, 'storedBlocks'>
  witnesses: Witnesses
  policy: FinalityPolicy
  /** So many hosts must have our block at a height before anything there is final. */
  quorum: number
  observer: Pick<ScanObserver, 'witnessed'>
}

/** What was scanned: up to `scanned`, of which `blocks` are not stored yet. */
export type Scanned = { scanned: BlockRef; blocks: readonly BlockRef[]; head: Head }

/** Up to where deposits may be made final; `undefined` when so many say that our block is wrong. */
export type AgreeOnFinal = (state: ScanState, reached: Scanned) => Promise<Finality | undefined>

/** Questions that are left out at most after one that nobody could answer. */
const PAUSE_MAX = 63

/** As far as the chain's policy says: of one endpoint, its own word is all there is. */
export const finalByPolicy =
  (policy: FinalityPolicy): AgreeOnFinal =>
  async (_, { scanned, head }) =>
    finalityAt(policy, { scanned: scanned.number, tagged: head.tagged })

/**
 * As far as the chain's policy says and `quorum` hosts bear it out: a tag by its height, a block by
 * its hash, which through the links of blocks to their parents proves all below. Asks once for each
 * height that is to be final. Without agreement nothing more is final and scanning goes on; the
 * same height is asked for again, less often with each time, until those who lag have it too.
 */
export function agreeOnFinal(ports: AgreeOnFinalPorts): AgreeOnFinal {
  const { store, witnesses, policy, quorum, observer } = ports
  const tagged = agreedTags(ports)
  let pending: bigint | undefined
  let failures = 0
  let pause = 0

  const ourHash = async (height: bigint, blocks: readonly BlockRef[]) => {
    const found = blocks.find(({ number }) => number === height)
    return (found ?? (await store.storedBlocks(height, height))[0])?.hash
  }
  const ask = async (height: bigint, ours: BlockHash): Promise<'agreed' | 'none' | 'other'> => {
    const { agreed, problem } = await witnesses.headerAt(height, quorum)
    if (agreed === undefined) {
      failures += 1
      pause = Math.min(2 ** (failures - 1) - 1, PAUSE_MAX)
      observer.witnessed({ result: 'none', height, failures, problem })
      return 'none'
    }
    failures = 0
    if (agreed.hash === ours) {
      observer.witnessed({ result: 'agreed', height })
      return 'agreed'
    }
    observer.witnessed({ result: 'other', height, ours, theirs: agreed.hash })
    return 'other'
  }

  return async (state, { scanned, blocks, head }) => {
    const heights = await tagged(head.tagged)
    const told = finalityAt(policy, { scanned: scanned.number, tagged: heights })
    const before = state.final ?? -1n
    if (told.final <= before) return finalityWithin(told, before)
    if (pause > 0) {
      pause -= 1
      return finalityWithin(told, before)
    }
    const isPending = pending !== undefined && pending > before && pending <= told.final
    const height = isPending && pending !== undefined ? pending : told.final
    const ours = await ourHash(height, blocks)
    // Below the first block there is nothing of ours that could be borne out.
    if (ours === undefined) return finalityWithin(told, before)
    const answer = await ask(height, ours)
    pending = answer === 'none' ? height : undefined
    if (answer === 'other') return undefined
    return finalityWithin(told, answer === 'agreed' ? height : before)
  }
}

/** Heights of tags that `quorum` hosts have told, asked for when one tells of more. */
function agreedTags({ witnesses, policy, quorum }: AgreeOnFinalPorts) {
  const tags = tagsOf(policy)
  let agreed: TaggedHeights = {}
  const heightsWithin = (told: TaggedHeights): TaggedHeights =>
    Object.fromEntries(
      tags.flatMap((tag) => {
        const [one, all] = [told[tag], agreed[tag]]
        return one === undefined || all === undefined ? [] : [[tag, one < all ? one : all]]
      }),
    )
  return async (told: TaggedHeights): Promise<TaggedHeights> => {
    const risen: Tag[] = tags.filter((tag) => (told[tag] ?? -1n) > (agreed[tag] ?? -1n))
    if (risen.length > 0) agreed = { ...agreed, ...(await witnesses.taggedBy(risen, quorum)) }
    return heightsWithin(told)
  }
}
