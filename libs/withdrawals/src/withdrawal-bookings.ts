import type { AccountName, EntryDraft, TransactionDraft } from '@coffer/ledger/transaction'
import { nativeAssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import { holdReference, type Withdrawal } from './domain/withdrawal.ts'

const SYSTEM = 'system'

const systemAccount = (
  code: 'custody' | 'in_flight' | 'fees' | 'gas',
  asset: Withdrawal['asset'],
) => ({ owner: SYSTEM, code, asset }) satisfies AccountName

/** What a withdrawal takes of its owner, and where that goes. */
function taken({ owner, asset, amount, fee }: Withdrawal): EntryDraft[] {
  const available: AccountName = { owner, code: 'owner.available', asset }
  const entries = [
    { account: available, amount: amount + fee },
    { account: systemAccount('in_flight', asset), amount: -amount },
  ]
  if (fee > 0n) entries.push({ account: systemAccount('fees', asset), amount: -fee })
  return entries
}

/** Reserves what a withdrawal takes, until it is paid or is not. */
export const holdDraft = (withdrawal: Withdrawal): TransactionDraft => ({
  reference: holdReference(withdrawal.id),
  code: 'withdrawal.hold',
  owner: withdrawal.owner,
  eventAt: withdrawal.requestedAt,
  entries: taken(withdrawal),
  hold: {},
})

/** It was paid: what was held is taken, and has left custody. */
export const postedDraft = (withdrawal: Withdrawal, eventAt: Date): TransactionDraft => ({
  reference: `withdrawal:${withdrawal.id}:posted`,
  code: 'withdrawal.paid',
  owner: withdrawal.owner,
  eventAt,
  entries: [
    ...taken(withdrawal),
    { account: systemAccount('in_flight', withdrawal.asset), amount: withdrawal.amount },
    { account: systemAccount('custody', withdrawal.asset), amount: -withdrawal.amount },
  ],
  resolves: { hold: holdReference(withdrawal.id), as: 'posted' },
})

/** It is not paid: what was held is free again. */
export const voidedDraft = (withdrawal: Withdrawal, eventAt: Date): TransactionDraft => ({
  reference: `withdrawal:${withdrawal.id}:voided`,
  code: 'withdrawal.voided',
  owner: withdrawal.owner,
  eventAt,
  entries: [],
  resolves: { hold: holdReference(withdrawal.id), as: 'voided' },
})

/** What a transaction of ours cost, whatever came of it. */
export function gasDraft(
  reference: string,
  { chain, gasCost, at }: { chain: ChainId; gasCost: bigint; at: Date },
): TransactionDraft {
  const coin = nativeAssetId(chain)
  return {
    reference,
    code: 'gas',
    owner: SYSTEM,
    eventAt: at,
    entries: [
      { account: systemAccount('gas', coin), amount: gasCost },
      { account: systemAccount('custody', coin), amount: -gasCost },
    ],
  }
}
