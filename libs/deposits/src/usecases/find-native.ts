import type { TxHash } from '@coffer/evm/hash'
import type { Block } from '../domain/block.ts'
import { type DepositRules, nativeCandidates, nativeTransfers } from '../domain/detect-transfers.ts'
import { type NativePayment, nativePayments } from '../domain/native-payments.ts'
import { disbelieved, doubtedAccounts } from '../domain/settle-doubts.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
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
    const candidates = blocks
      .filter(({ traces }) => traces === undefined)
      .flatMap((block) => nativeCandidates(block, rules))
    const traced = await Promise.all(blocks.map(inCalls))
    if (candidates.length === 0) return traced.flat()
    const values = await reader.values(candidates)
    return [...nativeTransfers(candidates, values, rules), ...traced.flat()]
  }

  async function inCalls(block: Block): Promise<FoundTransfer[]> {
    const { isWatched, native: asset } = rules
    const payments = paymentsOf(block)
    const unproven = await disprovedIn(block, payments)
    return payments
      .filter((payment) => isWatched(payment.to) && !unproven.has(payment))
      .map(({ doubtful: _, ...payment }) => ({ ...payment, asset, block }))
  }

  async function disprovedIn(
    block: Block,
    payments: readonly BlockPayment[],
  ): Promise<Set<BlockPayment>> {
    const accounts = doubtedAccounts(payments, rules.isWatched)
    if (accounts.length === 0) return new Set()
    const gains = await reader.gains(block, accounts)
    const senders = new Set(block.receipts.map(({ from }) => from))
    const sets = accounts.map((account) => {
      const gain = gains.get(account)
      if (gain === undefined) throw new Error(`What ${account} gained is missing.`)
      return disbelieved(payments, { account, gain, paidFee: senders.has(account) })
    })
    return new Set(sets.flatMap((set) => [...set]))
  }
}

type BlockPayment = NativePayment & { txHash: TxHash }

function paymentsOf({ receipts, traces = [] }: Block): BlockPayment[] {
  return receipts.flatMap(({ txHash }, index) => {
    const root = traces[index]
    return root ? nativePayments(root).map((payment) => ({ txHash, ...payment })) : []
  })
}
