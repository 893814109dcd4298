import { depositReference } from '@coffer/events/deposit-reference'
import type {
  DepositConfirmed,
  DepositReversed,
  DepositSuspended,
} from '@coffer/events/wallet-events'
import { type AccountCode, SYSTEM } from './chart-of-accounts.ts'
import type { AccountName, EntryDraft, TransactionDraft } from './transaction.ts'

/** Books a final deposit: custody holds more, and we owe it to the owner. */
export function depositCredit(deposit: DepositConfirmed): TransactionDraft {
  return {
    reference: depositReference({ ...deposit, kind: 'confirmation' }),
    code: 'deposit.credit',
    owner: deposit.owner,
    eventAt: new Date(deposit.blockTime),
    entries: [
      { account: custody(deposit), amount: deposit.amount },
      { account: ownerAccount(deposit, 'owner.available'), amount: -deposit.amount },
    ],
  }
}

/**
 * Books a final deposit that is not credited: custody holds more, and nobody may spend it. Its
 * reference is that of the credit, so that one deposit is never booked both ways.
 */
export function depositSuspense(deposit: DepositSuspended): TransactionDraft {
  return {
    reference: depositReference({ ...deposit, kind: 'confirmation' }),
    code: 'deposit.suspense',
    owner: deposit.owner,
    eventAt: new Date(deposit.blockTime),
    entries: [
      { account: custody(deposit), amount: deposit.amount },
      { account: suspense(deposit), amount: -deposit.amount },
    ],
  }
}

/**
 * Takes back what was booked of a deposit. What the owner no longer has of it becomes what the
 * owner owes us, for the coins are gone from custody either way.
 */
export function depositReversal(deposit: DepositReversed): TransactionDraft {
  return {
    reference: depositReference({ ...deposit, kind: 'reversal' }),
    code: 'deposit.reversal',
    owner: deposit.owner,
    eventAt: new Date(deposit.blockTime),
    entries: [takenFrom(deposit), { account: custody(deposit), amount: -deposit.amount }],
    reverses: depositReference({ ...deposit, kind: 'confirmation' }),
  }
}

function takenFrom(deposit: DepositReversed): EntryDraft {
  const { amount } = deposit
  if (deposit.suspended) return { account: suspense(deposit), amount }
  return {
    account: ownerAccount(deposit, 'owner.available'),
    amount,
    shortfall: ownerAccount(deposit, 'owner.receivable'),
  }
}

const suspense = ({ asset }: DepositSuspended): AccountName => ({
  owner: SYSTEM,
  code: 'suspense',
  asset,
})

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
