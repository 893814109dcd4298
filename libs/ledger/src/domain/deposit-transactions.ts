import { depositReference } from '@coffer/events/deposit-reference'
import type {
  DepositConfirmed,
  DepositReversed,
  DepositSuspended,
} from '@coffer/events/wallet-events'
import { type AccountCode, SYSTEM } from './chart-of-accounts.ts'
import type { AccountName, EntryDraft, TransactionDraft } from './transaction.ts'

/**
 * Books a final deposit: custody holds more, and we owe it to the owner, less what the owner owes
 * us.
 */
export function depositCredit(deposit: DepositConfirmed): TransactionDraft {
  return {
    reference: depositReference({ ...deposit, kind: 'confirmation' }),
    code: 'deposit.credit',
    owner: deposit.owner,
    eventAt: new Date(deposit.blockTime),
    entries: [
      { account: custody(deposit), amount: deposit.amount },
      {
        account: ownerAccount(deposit, 'owner.available'),
        amount: -deposit.amount,
        offsets: ownerAccount(deposit, 'owner.receivable'),
      },
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
 * Books a final deposit to an owner whose account is closed: the coins have come all the same. It
 * has a code of its own, so that it is not taken for a credit.
 */
export function depositToClosed(deposit: DepositConfirmed): TransactionDraft {
  return {
    ...depositCredit(deposit),
    code: 'deposit.unassigned',
    entries: [
      { account: custody(deposit), amount: deposit.amount },
      { account: ownerAccount(deposit, 'owner.suspense'), amount: -deposit.amount },
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

/**
 * Takes back a deposit of an owner whose account is closed: from where {@link depositToClosed}
 * booked it, or what was spent of a credit before.
 */
export function depositReversalOfClosed(deposit: DepositReversed): TransactionDraft {
  const { amount } = deposit
  // The credit may have paid a debt: that is over, and the account that told of it closed.
  const shortfall = [
    ownerAccount(deposit, 'owner.receivable'),
    ownerAccount(deposit, 'owner.suspense'),
  ]
  return {
    ...depositReversal(deposit),
    entries: [
      { account: ownerAccount(deposit, 'owner.available'), amount, shortfall },
      { account: custody(deposit), amount: -amount },
    ],
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
