import type { Address } from '@coffer/evm/address'
import { type Units, units } from '@coffer/money/units'
import type { Block } from './block.ts'
import { readTransferLog } from './transfer-log.ts'

/**
 * What arrived of each of the amounts that logs tell of, when `arrived` is what arrived of all of
 * them. What is missing is missing of each in proportion; the last takes what rounding leaves. More
 * than the logs tell of is nobody's.
 */
export function arrivedAmounts(told: readonly Units[], arrived: bigint): Units[] {
  const sum = told.reduce((total, amount) => total + amount, 0n)
  if (arrived >= sum) return [...told]
  if (arrived <= 0n) return told.map(() => units(0n))
  const shares = told.map((amount) => (amount * arrived) / sum)
  const rest = shares.reduce((left, share) => left - share, arrived)
  return shares.map((share, index) => units(index === told.length - 1 ? share + rest : share))
}

type Holding = { token: Address; holder: Address }

/** What `holder` sent of `token` in `block`, by the token's own logs. */
export const sentAmount = (block: Block, holding: Holding): bigint =>
  amountOf(block, holding, 'from')

/** The same of what it received. */
export const receivedAmount = (block: Block, holding: Holding): bigint =>
  amountOf(block, holding, 'to')

function amountOf(block: Block, { token, holder }: Holding, side: 'from' | 'to'): bigint {
  let sum = 0n
  for (const { succeeded, logs } of block.receipts) {
    if (!succeeded) continue
    for (const log of logs) {
      const transfer = log.address === token ? readTransferLog(log) : undefined
      if (transfer?.[side] === holder) sum += transfer.amount
    }
  }
  return sum
}
