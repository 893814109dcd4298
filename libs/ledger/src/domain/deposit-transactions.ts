import { depositReference } from '@coffer/events/deposit-reference'
import type { DepositConfirmed, DepositReversed } from '@coffer/events/wallet-events'
import { type AccountCode, SYSTEM } from './chart-of-accounts.ts'
import type { AccountName, TransactionDraft } from './transaction.ts'

/** Books a final deposit: custody holds more, and we owe it to the owner. */
export function depositCredit(deposit: DepositConfirmed): TransactionDraft {
  return {
    reference: depositReference({ ...deposit, kind: 'confirmation' }),
    code: 'deposit.credit',
    eventAt: new Date(deposit.blockTime),
    entries: [
      { account: custody(deposit), amount: deposit.amount },
      { account: ownerAccount(deposit, 'owner.available'), amount: -deposit.amount },
    ],
  }
}

/**
 * Takes a credit back. What the owner no longer has of it becomes what the owner owes us, for the
 * coins are gone from custody either way.
 */
export function depositReversal(deposit: DepositReversed): TransactionDraft {
  return {
    reference: depositReference({ ...deposit, kind: 'reversal' }),
    code: 'deposit.reversal',
    eventAt: new Date(deposit.blockTime),
    entries: [
      {
        account: ownerAccount(deposit, 'owner.available'),
        amount: deposit.amount,
        shortfall: ownerAccount(deposit, 'owner.receivable'),
      },
      { account: custody(deposit), amount: -deposit.amount },
    ],
    reverses: depositReference({ ...deposit, kind: 'confirmation' }),
  }
}

const custody = ({ asset }: DepositConfirmed): AccountName => ({
  owner: SYSTEM,
  code: 'custody',
  asset,
})

const ownerAccount = ({ owner, asset }: DepositConfirmed, code: AccountCode): AccountName => ({
  owner,
  code,
  asset,
})
