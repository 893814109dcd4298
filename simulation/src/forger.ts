import type { FakeBlock } from '@coffer/deposits/testing/fake-chain'
import type { NodesOptions } from './nodes.ts'
import type { Room } from './room.ts'

/** How far below its head a forged branch leaves the chain, at most. */
const BELOW_MAX = 3

/** Who makes up blocks that prove themselves, one on the other. */
export type Forger = {
  /** Makes up a branch of so many blocks, or goes on with the one that the chain has not left. */
  forge(length: number): void
  /** The chain as its node tells it. */
  branch(): readonly FakeBlock[]
  hasForged(hash: string): boolean
  forgedHeight(): bigint
}

export function openForger(
  { random, coverage, trace }: Room,
  { chain, madeUp }: Pick<NodesOptions, 'chain' | 'madeUp'>,
): Forger {
  const forged = new Map<string, bigint>()
  let branch: readonly FakeBlock[] = []

  const root = (): readonly FakeBlock[] => {
    if (branch.length > 0 && random.below(2) === 0) {
      coverage.saw('node: forges on')
      return branch
    }
    const blocks = chain.blocks()
    return blocks.slice(0, Math.max(1, blocks.length - random.below(BELOW_MAX + 1)))
  }
  return {
    forge(length) {
      const blocks = [...root()]
      for (let made = 0; made < length; made++) {
        const transactions = Array.from({ length: random.below(3) }, madeUp)
        const block = chain.invent(blocks.at(-1) as FakeBlock, { transactions })
        forged.set(block.hash, block.number)
        blocks.push(block)
      }
      branch = blocks
      coverage.saw('node: forges a branch')
      trace.say(`node-0: forges a branch up to ${blocks.at(-1)?.number}`)
    },
    branch: () => branch,
    hasForged: (hash) => forged.has(hash),
    forgedHeight: () => [...forged.values()].reduce((top, each) => (each > top ? each : top), -1n),
  }
}
