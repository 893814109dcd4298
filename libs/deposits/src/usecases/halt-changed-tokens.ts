import type { AssetId, Implementation } from '@coffer/money/asset'
import type { DepositRules } from '../domain/detect-transfers.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader } from '../ports.ts'

export type HaltChangedTokensPorts = {
  reader: Pick<ChainReader, 'namedContracts'>
  rules: Pick<DepositRules, 'pinned' | 'halted'>
}

/**
 * Rejects transfers of tokens behind which another code runs, at the end of their block, than the
 * one that the operator has accepted: what their logs say is worth nothing then. So does it those
 * of tokens that the operator has halted.
 */
export function haltChangedTokens({ reader, rules }: HaltChangedTokensPorts) {
  const { pinned, halted: stopped } = rules
  return async (found: readonly FoundTransfer[]): Promise<FoundTransfer[]> => {
    const transfers = found.map(
      (transfer): FoundTransfer =>
        stopped.has(transfer.asset) ? { ...transfer, rejection: 'asset_halted' } : transfer,
    )
    const ofPinned = transfers.filter(({ asset, rejection }) => !rejection && pinned.has(asset))
    if (ofPinned.length === 0) return [...transfers]
    const byBlock = Map.groupBy(ofPinned, ({ block }) => block.hash)
    const halted = new Set((await Promise.all([...byBlock.values()].map(haltedIn))).flat())
    return transfers.map((transfer) =>
      halted.has(transfer) ? { ...transfer, rejection: 'asset_halted' } : transfer,
    )
  }

  async function haltedIn(transfers: readonly FoundTransfer[]): Promise<FoundTransfer[]> {
    const [first] = transfers
    if (first === undefined) return []
    const assets = [...new Set(transfers.map(({ asset }) => asset))]
    const pins = assets.map((asset) => pinned.get(asset) as PinnedToken)
    const named = await reader.namedContracts(
      first.block,
      pins.map(({ token, slot }) => ({ contract: token, slot })),
    )
    const changed = new Set<AssetId>(assets.filter((_, at) => named[at] !== pins[at]?.contract))
    return transfers.filter(({ asset }) => changed.has(asset))
  }
}

type PinnedToken = Implementation & { token: string }
