import type { Address } from '@coffer/evm/address'
import { arrivedAmounts, sentAmount } from '../domain/arrived-amounts.ts'
import type { Block } from '../domain/block.ts'
import type { DepositRules } from '../domain/detect-transfers.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader } from '../ports.ts'

export type MeasureArrivalsPorts = { reader: Pick<ChainReader, 'tokenGains'>; rules: DepositRules }

/**
 * Puts right the amounts of tokens that may keep a part of what is sent: what each receiver's
 * balance grew by in a block is what arrived, whatever the logs say. Transfers of other assets stay
 * as they are, and so does the order. Of a token that does not tell nothing is believed.
 */
export function measureArrivals({ reader, rules: { feeTokens } }: MeasureArrivalsPorts) {
  return async (
    blocks: readonly Block[],
    transfers: readonly FoundTransfer[],
  ): Promise<FoundTransfer[]> => {
    const doubtful = transfers.filter(({ asset, rejection }) => !rejection && feeTokens.has(asset))
    if (doubtful.length === 0) return [...transfers]
    const byBlock = Map.groupBy(doubtful, ({ block }) => block.hash)
    const measured = await Promise.all(
      blocks.map((block) => measureIn(block, byBlock.get(block.hash) ?? [])),
    )
    const changed = new Map(measured.flat())
    return transfers.map((transfer) => changed.get(transfer) ?? transfer)
  }

  async function measureIn(
    block: Block,
    transfers: readonly FoundTransfer[],
  ): Promise<[FoundTransfer, FoundTransfer][]> {
    if (transfers.length === 0) return []
    const groups = Map.groupBy(transfers, ({ asset, to }) => `${asset} ${to}`)
    const holdings = [...groups.values()].map(([first]) => {
      const { asset, to: holder } = first as FoundTransfer
      return { token: feeTokens.get(asset) as Address, holder }
    })
    const gains = await reader.tokenGains(block, holdings)
    return [...groups.values()].flatMap((group, index) => {
      const holding = holdings[index] as (typeof holdings)[number]
      const gain = gains[index]
      if (gain === undefined) throw new Error(`What ${holding.holder} gained is missing.`)
      return gain === null
        ? group.map((transfer) => [transfer, { ...transfer, rejection: 'contradicted' }] as const)
        : corrected(group, gain + sentAmount(block, holding))
    })
  }
}

function corrected(
  transfers: readonly FoundTransfer[],
  arrived: bigint,
): [FoundTransfer, FoundTransfer][] {
  const told = transfers.map(({ amount }) => amount)
  const amounts = arrivedAmounts(told, arrived)
  return transfers.map((transfer, index) => {
    const amount = amounts[index] ?? transfer.amount
    if (amount > 0n) return [transfer, { ...transfer, amount }]
    // What the log tells of stays to be seen, for nothing else says what was meant to arrive.
    return [transfer, { ...transfer, rejection: 'nothing_arrived' }]
  })
}
