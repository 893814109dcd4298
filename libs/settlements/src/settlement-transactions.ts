import type { EntryDraft, TransactionDraft } from '@coffer/ledger/transaction'
import { availableOf, type Settlement } from './domain/settlement.ts'
import { SETTLEMENT_CODE } from './domain/settlement-line.ts'

type Booked = Pick<Settlement, 'id' | 'merchantId' | 'asset' | 'amount' | 'reserve'>

/** Books a settlement: what was pending is available, less the reserve. */
export function settlementTransaction(settlement: Booked, at: Date): TransactionDraft {
  const { id, merchantId: owner, asset, amount, reserve } = settlement
  const account = (code: 'merchant.pending' | 'merchant.reserve') => ({ owner, code, asset })
  return {
    reference: `settlement:${id}`,
    code: SETTLEMENT_CODE,
    owner,
    eventAt: at,
    entries: [
      { account: account('merchant.pending'), amount },
      ...madeAvailable(settlement, availableOf(settlement)),
      ...(reserve === 0n ? [] : [{ account: account('merchant.reserve'), amount: -reserve }]),
    ],
  }
}

/** Books that the reserve of a settlement is free. */
export function releaseTransaction(settlement: Booked, at: Date): TransactionDraft {
  const { id, merchantId: owner, asset, reserve } = settlement
  return {
    reference: `settlement:${id}:release`,
    code: 'settlement.release',
    owner,
    eventAt: at,
    entries: [
      { account: { owner, code: 'merchant.reserve', asset }, amount: reserve },
      ...madeAvailable(settlement, reserve),
    ],
  }
}

/** A credit to what the merchant may spend, once what it owes us is paid. */
function madeAvailable({ merchantId: owner, asset }: Booked, amount: bigint): EntryDraft[] {
  if (amount === 0n) return []
  return [
    {
      account: { owner, code: 'owner.available', asset },
      amount: -amount,
      offsets: { owner, code: 'owner.receivable', asset },
    },
  ]
}
