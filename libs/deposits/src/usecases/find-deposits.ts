import type { Asset } from '@coffer/money/asset'
import type { Block } from '../domain/block.ts'
import {
  depositRules,
  nativeCandidates,
  nativeTransfers,
  tokenTransfers,
} from '../domain/detect-transfers.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, WatchedSet } from '../ports.ts'

export type FindDepositsPorts = {
  reader: Pick<ChainReader, 'values'>
  watched: WatchedSet
  assets: readonly Asset[]
}

/**
 * Deposits in blocks that were just read. The set of watched addresses is refreshed first: an
 * address that was handed out before its payment was sent is in the set by then, however recently.
 */
export function findDeposits({ reader, watched, assets }: FindDepositsPorts) {
  const rules = depositRules(assets, (address) => watched.has(address))
  return async (blocks: readonly Block[]): Promise<FoundTransfer[]> => {
    await watched.refresh()
    const tokens = blocks.flatMap((block) => tokenTransfers(block, rules))
    const candidates = blocks.flatMap((block) => nativeCandidates(block, rules))
    if (candidates.length === 0) return tokens
    const native = nativeTransfers(candidates, await reader.values(candidates), rules)
    return [...tokens, ...native].sort(byHeight)
  }
}

const byHeight = (a: FoundTransfer, b: FoundTransfer) => Number(a.block.number - b.block.number)
