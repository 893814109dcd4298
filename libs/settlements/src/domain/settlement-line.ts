import type { TransactionCreated } from '@coffer/events/accounting-events'
import type { AssetId } from '@coffer/money/asset'
import { daysAfter } from './settlement-terms.ts'

/** Code of the ledger transactions that settle: they take what was added up, and add nothing. */
export const SETTLEMENT_CODE = 'settlement'

/** Accounts of payments that each transaction of one touches. */
const OF_PAYMENT: ReadonlySet<string> = new Set(['payment.refundable', 'refundable.debt'])

/** What a transaction of the ledger did to a merchant's pending money of one asset. */
export type SettlementLine = {
  reference: string
  code: string
  merchantId: string
  asset: AssetId
  /** What came is positive, what went is negative. */
  amount: bigint
  /** The payment that it belongs to. */
  payment: string | undefined
  eventAt: Date
}

/** A line with the moment from which on it may be settled. */
export type MaturingLine = SettlementLine & { settleableAt: Date }

/**
 * What `transaction` did to merchants' pending money, whatever it was for: a payment, a refund, a
 * reversal, an adjustment. Only what settlements themselves took is left out.
 */
export function linesOf(transaction: TransactionCreated): SettlementLine[] {
  const { reference, code, eventAt, entries } = transaction
  if (code === SETTLEMENT_CODE) return []
  const payment = entries.find(({ account }) => OF_PAYMENT.has(account))?.owner
  const lines = new Map<string, SettlementLine>()
  for (const { owner: merchantId, account, asset, amount } of entries) {
    if (account !== 'merchant.pending') continue
    const key = `${merchantId} ${asset}`
    const before = lines.get(key)?.amount ?? 0n
    const facts = { reference, code, merchantId, asset, payment, eventAt: new Date(eventAt) }
    // A credit is negative in the ledger.
    lines.set(key, { ...facts, amount: before - amount })
  }
  return [...lines.values()].filter(({ amount }) => amount !== 0n)
}

/**
 * When a line may be settled. What comes waits for the days that money is held back. What goes
 * waits for what it is taken from, `takenFromAt`: else a refund of money that is held back would be
 * taken from money of other payments, which is due.
 */
export function settleableAt(
  { amount, eventAt }: Pick<SettlementLine, 'amount' | 'eventAt'>,
  { holdBackDays, takenFromAt }: { holdBackDays: number; takenFromAt: Date | undefined },
): Date {
  if (amount > 0n) return daysAfter(eventAt, holdBackDays)
  return takenFromAt !== undefined && takenFromAt > eventAt ? takenFromAt : eventAt
}
