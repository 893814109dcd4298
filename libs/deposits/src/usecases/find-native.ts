import type { TxHash } from '@coffer/evm/hash'
import { paymentsAmong } from '../domain/among-watched.ts'
import type { Block } from '../domain/block.ts'
import { type DepositRules, nativeCandidates, nativeTransfers } from '../domain/detect-transfers.ts'
import { type NativePayment, nativePayments } from '../domain/native-payments.ts'
import { type Doubt, doubtedAccounts, settleDoubts } from '../domain/settle-doubts.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import { withdrawnTo } from '../domain/withdrawal-transfers.ts'
import type { ChainReader } from '../ports.ts'

export type FindNativePorts = {
  reader: Pick<ChainReader, 'values' | 'gains'>
  rules: DepositRules
}

/**
 * Deposits of the native coin: from the calls of each transaction where a block was read with them,
 * else from the values of the transactions to watched addresses.
 */
export function findNative({ reader, rules }: FindNativePorts) {
  return async (blocks: readonly Block[]): Promise<FoundTransfer[]> => {
    const [traced, others] = [blocks.filter(isTraced), blocks.filter((block) => !isTraced(block))]
    const inside = (await Promise.all(traced.map(inCalls))).flat()
    const candidates = nativeCandidates(others, rules)
    if (candidates.length === 0) return inside
    const values = await reader.values(candidates)
    return [...nativeTransfers(candidates, values, rules), ...inside]
  }

  async function inCalls(block: Block): Promise<FoundTransfer[]> {
    const payments = paymentsOf(block)
    const doubts = await doubtsIn(block, payments)
    return paymentsAmong(payments, rules).flatMap((payment) => {
      const doubt = doubts.get(payment)
      if (doubt === 'refuted') return []
      const { doubtful: _, ...transfer } = payment
      const rejected = doubt ? { rejection: doubt } : {}
      return [{ ...transfer, asset: rules.native, block, ...rejected }]
    })
  }

  async function doubtsIn(
    block: Block,
    payments: readonly BlockPayment[],
  ): Promise<Map<BlockPayment, Doubt>> {
    const accounts = doubtedAccounts(payments, rules.isWatched)
    if (accounts.length === 0) return new Map()
    const gains = await reader.gains(block, accounts)
    const senders = new Set(block.receipts.map(({ from }) => from))
    const settled = accounts.map((account) => {
      const gain = gains.get(account)
      if (gain === undefined) throw new Error(`What ${account} gained is missing.`)
      return settleDoubts(payments, {
        account,
        gain: gain - withdrawnTo(block, account),
        hasFees: senders.has(account) || block.producer?.address === account,
      })
    })
    return new Map(settled.flatMap((doubts) => [...doubts]))
  }
}

const isTraced = ({ traces }: Block) => traces !== undefined

type BlockPayment = NativePayment & { txHash: TxHash }

function paymentsOf({ receipts, traces = [] }: Block): BlockPayment[] {
  return traces.flatMap((root, index) => {
    if (root === null) return []
    const payments = nativePayments(root)
    const { txHash } = (payments.length > 0 && receipts[index]) || {}
    return txHash ? payments.map((payment) => ({ txHash, ...payment })) : []
  })
}
