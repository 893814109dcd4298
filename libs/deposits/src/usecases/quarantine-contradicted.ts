import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import { receivedAmount, sentAmount } from '../domain/arrived-amounts.ts'
import type { Block } from '../domain/block.ts'
import type { DepositRules } from '../domain/detect-transfers.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader } from '../ports.ts'

export type QuarantineContradictedPorts = {
  reader: Pick<ChainReader, 'tokenGains'>
  rules: Pick<DepositRules, 'verified'>
}

/**
 * Rejects transfers of tokens whose balances contradict their logs: when what one receiver's
 * balance grew by in a block is not what the logs say, or is not told, nothing that the token says
 * in that block is believed. Asked of tokens that are to be verified only.
 */
export function quarantineContradicted(ports: QuarantineContradictedPorts) {
  const { reader, rules } = ports
  return async (
    blocks: readonly Block[],
    transfers: readonly FoundTransfer[],
  ): Promise<FoundTransfer[]> => {
    const doubtful = transfers.filter(
      ({ asset, rejection }) => !rejection && rules.verified.has(asset),
    )
    if (doubtful.length === 0) return [...transfers]
    const byBlock = Map.groupBy(doubtful, ({ block }) => block.hash)
    const contradicted = await Promise.all(
      blocks.map((block) => contradictedIn(block, byBlock.get(block.hash) ?? [])),
    )
    const rejected = new Set(contradicted.flat())
    return transfers.map((transfer) =>
      rejected.has(transfer) ? { ...transfer, rejection: 'contradicted' } : transfer,
    )
  }

  async function contradictedIn(
    block: Block,
    transfers: readonly FoundTransfer[],
  ): Promise<FoundTransfer[]> {
    if (transfers.length === 0) return []
    const named = new Map(transfers.map((each) => [`${each.asset} ${each.to}`, each]))
    const holdings = [...named.values()].map(({ asset, to: holder }) => {
      return { asset, token: rules.verified.get(asset) as Address, holder }
    })
    const gains = await reader.tokenGains(block, holdings)
    const lying = new Set<AssetId>()
    for (const [index, holding] of holdings.entries()) {
      const told = receivedAmount(block, holding) - sentAmount(block, holding)
      if (gains[index] !== told) lying.add(holding.asset)
    }
    return transfers.filter(({ asset }) => lying.has(asset))
  }
}
