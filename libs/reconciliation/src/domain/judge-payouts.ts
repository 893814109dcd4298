import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { Finding } from './finding.ts'

/** A payout that our books call paid. */
export type Payout = { id: string; asset: AssetId; to: Address; amount: bigint; endedAt: Date }

/** What the chain says of the transaction that is to have made it. */
export type PayoutFacts = {
  chain: string
  /** The coin of the chain. */
  coin: AssetId
  /** `undefined` where the chain has no such transaction. */
  transaction: PaidBy | undefined
  /** Whether less of an asset may arrive than is sent. */
  arrivesInPart: (asset: AssetId) => boolean
}

export type PaidBy = {
  succeeded: boolean
  moved: readonly { asset: AssetId; to: Address; amount: bigint }[]
  /** Whether the node told of inner calls as well. */
  tellsCalls: boolean
}

/**
 * Those of the payouts of one transaction that it did not make. Each transfer makes one of them. A
 * contract passes coin on by inner calls: where a node tells of none, what the contract was given
 * has to be enough.
 */
export function judgePayouts(payouts: readonly Payout[], facts: PayoutFacts): Finding[] {
  const { chain, coin, transaction, arrivesInPart } = facts
  const left = transaction?.succeeded ? [...transaction.moved] : []
  const take = (isIt: (moved: (typeof left)[number]) => boolean) => {
    const place = left.findIndex(isIt)
    return place < 0 ? undefined : left.splice(place, 1)[0]
  }
  const missing = payouts.filter(({ asset, to, amount }) => {
    const isEnough = (moved: bigint) =>
      arrivesInPart(asset) ? moved > 0n && moved <= amount : moved === amount
    return (
      take((moved) => moved.asset === asset && moved.to === to && isEnough(moved.amount)) ===
      undefined
    )
  })
  const isCoin = (moved: { asset: AssetId }) => moved.asset === coin
  let unseen = transaction?.tellsCalls === false ? sumOf(left.filter(isCoin)) : 0n
  return missing.flatMap(({ id, asset, to, amount, endedAt }): Finding[] => {
    if (asset === coin && amount <= unseen) {
      unseen -= amount
      return []
    }
    const other = take((moved) => moved.asset === asset && moved.to === to)
    return [
      {
        ...{ kind: 'payout_without_transaction', place: chain, subject: payoutSubject(id) },
        ours: { asset, amount },
        theirs: other && { asset, amount: other.amount },
        happenedAt: endedAt,
        detail: detailOf(transaction, to),
      },
    ]
  })
}

/** What names a payout in differences. */
export const payoutSubject = (id: string): string => `withdrawal:${id}`

const sumOf = (moved: PaidBy['moved']): bigint =>
  moved.reduce((sum, { amount }) => sum + amount, 0n)

function detailOf(transaction: PaidBy | undefined, to: Address): string {
  if (transaction === undefined) return 'the chain has no such transaction'
  return transaction.succeeded ? `it did not move as much to ${to}` : 'the transaction failed'
}
