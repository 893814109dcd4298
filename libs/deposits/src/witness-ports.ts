import type { Tag } from '@coffer/evm/confirmations'
import type { BlockHash } from '@coffer/evm/hash'
import type { BlockHeader } from './domain/block.ts'
import type { TaggedHeights } from './domain/finality.ts'

/** What endpoints of different hosts say of one height. */
export type Testimony = {
  /** What so many of them say as were asked for. */
  agreed: BlockHeader | undefined
  /** What each says, and how far its own chain goes; who doesn't know says nothing. */
  said: readonly { endpoint: string; hash: BlockHash; head: bigint }[]
  /** Who said what and who failed, where they don't agree. */
  problem: string
}

/** The endpoints of one chain, asked one by one. Adapter: `adapters/json-rpc-witnesses.ts`. */
export type Witnesses = {
  /** How many can be asked: endpoints of one host are one. */
  hosts: number
  /** The header at a height as `voices` of them have it. */
  headerAt(height: bigint, voices: number): Promise<Testimony>
  /** The heights that each of `tags` has reached by the word of `voices` of them. */
  taggedBy(tags: readonly Tag[], voices: number): Promise<TaggedHeights>
  /** Has one asked only after the others for a while. */
  distrust(endpoint: string): void
}
