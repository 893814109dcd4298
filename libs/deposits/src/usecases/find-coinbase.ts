import { ZERO_ADDRESS } from '@coffer/evm/address'
import { units } from '@coffer/money/units'
import type { Block, Producer } from '../domain/block.ts'
import type { DepositRules } from '../domain/detect-transfers.ts'
import { nativePayments } from '../domain/native-payments.ts'
import { type FoundTransfer, producerPlace } from '../domain/transfer.ts'
import { withdrawnTo } from '../domain/withdrawal-transfers.ts'
import type { ChainReader } from '../ports.ts'

export type FindCoinbasePorts = {
  reader: Pick<ChainReader, 'values' | 'gains' | 'fees'>
  rules: Pick<DepositRules, 'isWatched' | 'native'>
}

/**
 * What watched addresses earned by producing blocks: by how much the balance of each grew that no
 * transfer, no withdrawal and no fee of its own explains. It is not credited. Of a block that was
 * read without its calls it is no more than the fees of its transactions make up: more may be what
 * contracts paid, which the calls would show.
 */
export function findCoinbase({ reader, rules: { isWatched, native } }: FindCoinbasePorts) {
  return async (blocks: readonly Block[]): Promise<FoundTransfer[]> =>
    (await Promise.all(blocks.map(earnedIn))).flat()

  async function earnedIn(block: Block): Promise<FoundTransfer[]> {
    const { producer } = block
    if (producer === undefined || !isWatched(producer.address)) return []
    const amount = await unexplained(block, producer)
    if (amount <= 0n) return []
    return [
      {
        ...producerPlace(block),
        asset: native,
        amount: units(amount),
        from: ZERO_ADDRESS,
        to: producer.address,
        block,
        rejection: 'coinbase',
      },
    ]
  }

  async function unexplained(block: Block, { address, baseFee }: Producer): Promise<bigint> {
    const [gains, fees, received] = await Promise.all([
      reader.gains(block, [address]),
      reader.fees(block, { account: address, baseFee }),
      block.traces ? receivedInCalls(block, address) : receivedByValue(block, address),
    ])
    const gain = gains.get(address)
    if (gain === undefined) throw new Error(`What ${address} gained is missing.`)
    const rest = gain - received - withdrawnTo(block, address) + fees.paid
    return block.traces || rest < fees.earned ? rest : fees.earned
  }

  async function receivedByValue(block: Block, account: string): Promise<bigint> {
    const candidates = block.receipts.flatMap((receipt) => {
      const { succeeded, from } = receipt
      const to = receipt.to ?? receipt.created
      const isMoved = succeeded && to !== null && to !== from
      return isMoved && (to === account || from === account) ? [{ block, receipt, to }] : []
    })
    if (candidates.length === 0) return 0n
    const values = await reader.values(candidates)
    return candidates.reduce((sum, { receipt: { txHash }, to }) => {
      const value = values.get(txHash)
      if (value === undefined) throw new Error(`The value of transaction ${txHash} is missing.`)
      return to === account ? sum + value : sum - value
    }, 0n)
  }
}

/**
 * Payments that may not have happened count too: what may be credited as one of them must not be
 * found as something that was earned.
 */
function receivedInCalls({ traces = [] }: Block, account: string): bigint {
  let received = 0n
  for (const { from, to, amount } of traces.flatMap((root) => (root ? nativePayments(root) : []))) {
    if (to === account) received += amount
    if (from === account) received -= amount
  }
  return received
}
