import type { BlockHeader } from './block.ts'

/** The range of `blocks`, ascending and at least one, as what is owed of them or was done. */
export const owedTraces = (blocks: readonly BlockHeader[]) => {
  const heights = blocks.map(({ number }) => number)
  const [fromBlock, toBlock] = [heights[0], heights.at(-1)]
  if (fromBlock === undefined || toBlock === undefined) throw new Error('There are no blocks.')
  return { kind: 'traces' as const, fromBlock, toBlock, reason: 'traces are read later' }
}
