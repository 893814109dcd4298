import type { Block } from '../domain/block.ts'
import { type DepositRules, tokenTransfers } from '../domain/detect-transfers.ts'
import type { ChainReader } from '../ports.ts'

export type ProveFoundPorts = { reader: Pick<ChainReader, 'wholeBlocks'>; rules: DepositRules }

/**
 * Reads blocks again with the whole proof that were read by their logs and in which something was
 * found: no bloom covers amounts. The other blocks stay as they are, and so does the order.
 */
export function proveFound({ reader, rules }: ProveFoundPorts) {
  return async (blocks: readonly Block[]): Promise<readonly Block[]> => {
    const doubted = blocks.filter(
      (block) => block.byLogs && tokenTransfers(block, rules).length > 0,
    )
    if (doubted.length === 0) return blocks
    const proven = new Map((await reader.wholeBlocks(doubted)).map((block) => [block.hash, block]))
    return blocks.map((block) => proven.get(block.hash) ?? block)
  }
}
