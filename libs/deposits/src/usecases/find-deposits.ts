import type { Asset } from '@coffer/money/asset'
import type { Block } from '../domain/block.ts'
import { depositRules, tokenTransfers } from '../domain/detect-transfers.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, WatchedSet } from '../ports.ts'
import { findNative } from './find-native.ts'

export type FindDepositsPorts = {
  reader: Pick<ChainReader, 'values' | 'gains'>
  watched: WatchedSet
  assets: readonly Asset[]
}

/**
 * Deposits in blocks that were just read. The set of watched addresses is refreshed first: an
 * address that was handed out before its payment was sent is in the set by then, however recently.
 */
export function findDeposits({ reader, watched, assets }: FindDepositsPorts) {
  const rules = depositRules(assets, (address) => watched.has(address))
  const native = findNative({ reader, rules })
  return async (blocks: readonly Block[]): Promise<FoundTransfer[]> => {
    await watched.refresh()
    const tokens = blocks.flatMap((block) => tokenTransfers(block, rules))
    return [...tokens, ...(await native(blocks))].sort(byHeight)
  }
}

const byHeight = (a: FoundTransfer, b: FoundTransfer) => Number(a.block.number - b.block.number)
