/**
 * What an account says: value that we hold, that we owe, that we earned, spent or put in
 * ourselves, or that is nobody's so far; a memorandum only keeps count, and its sides cancel out.
 */
export type AccountClass =
  | 'asset'
  | 'liability'
  | 'revenue'
  | 'expense'
  | 'suspense'
  | 'memorandum'
  | 'equity'

type Line = {
  /**
   * Its place in the chart: 1xx assets, 2xx liabilities, 3xx revenue, 4xx expense, 50x suspense,
   * 59x memoranda, 6xx equity.
   */
  number: number
  class: AccountClass
  /** The side on which it grows. */
  normalSide: 'debit' | 'credit'
  /** Whether every owner has one, or the system alone; in either case one for each asset. */
  heldBy: 'system' | 'owner'
}

/** Every kind of account, by its code. An account is opened on first use. */
export const chartOfAccounts = {
  /** What our addresses hold on chain; an asset names its chain, so there is one for each. */
  custody: { number: 101, class: 'asset', normalSide: 'debit', heldBy: 'system' },
  /** What left custody in payouts that are not final so far. */
  in_flight: { number: 102, class: 'asset', normalSide: 'debit', heldBy: 'system' },
  /** What an owner owes us: a deposit that a reorg took back after it had been spent. */
  'owner.receivable': { number: 121, class: 'asset', normalSide: 'debit', heldBy: 'owner' },
  /** What a payment channel other than a chain took in for us, and owes us. */
  'channel.receivable': { number: 131, class: 'asset', normalSide: 'debit', heldBy: 'system' },
  /** What an owner may spend; of a payment, what came in and is not applied. Never below zero. */
  'owner.available': { number: 201, class: 'liability', normalSide: 'credit', heldBy: 'owner' },
  /** What came in for a merchant and is not settled. Never below zero. */
  'merchant.pending': { number: 203, class: 'liability', normalSide: 'credit', heldBy: 'owner' },
  /** What is kept back of what was settled, for a while. Never below zero. */
  'merchant.reserve': { number: 204, class: 'liability', normalSide: 'credit', heldBy: 'owner' },
  /** What goes back to the payer of a payment, and has not arrived. Never below zero. */
  'refund.payable': { number: 205, class: 'liability', normalSide: 'credit', heldBy: 'owner' },
  /** What we keep of payments and withdrawals. */
  fees: { number: 301, class: 'revenue', normalSide: 'credit', heldBy: 'system' },
  /** What our own transactions cost on chain. */
  gas: { number: 401, class: 'expense', normalSide: 'debit', heldBy: 'system' },
  /** What came in and is not credited to anybody, such as less than the minimum. */
  suspense: { number: 501, class: 'suspense', normalSide: 'credit', heldBy: 'system' },
  /** What came for an owner whose account is closed, until it is decided whose it is. */
  'owner.suspense': { number: 502, class: 'suspense', normalSide: 'credit', heldBy: 'owner' },
  /** How much of a payment can still be refunded: what decides between refunds. Never below 0. */
  'payment.refundable': {
    number: 591,
    class: 'memorandum',
    normalSide: 'credit',
    heldBy: 'owner',
  },
  /** The other side of `payment.refundable`. */
  'refundable.contra': {
    number: 592,
    class: 'memorandum',
    normalSide: 'debit',
    heldBy: 'system',
  },
  /** What was refunded of a payment beyond what it then turned out to have brought. */
  'refundable.debt': { number: 593, class: 'memorandum', normalSide: 'debit', heldBy: 'owner' },
  /** What we ourselves put into our wallets, such as coin for gas. */
  capital: { number: 601, class: 'equity', normalSide: 'credit', heldBy: 'system' },
} as const satisfies Record<string, Line>

export type AccountCode = keyof typeof chartOfAccounts

export const isAccountCode = (text: string): text is AccountCode =>
  Object.hasOwn(chartOfAccounts, text)

/** The owner of the accounts that are nobody's but ours. */
export const SYSTEM = 'system'

/** Accounts that a posting may not take below zero. The database holds them to it too. */
export const NOT_NEGATIVE = [
  'owner.available',
  'merchant.pending',
  'merchant.reserve',
  'refund.payable',
  'payment.refundable',
] as const satisfies readonly AccountCode[]

const notNegative: ReadonlySet<AccountCode> = new Set(NOT_NEGATIVE)

/** Whether a posting may not take an account of this code below zero. */
export const mustNotGoNegative = (code: AccountCode): boolean => notNegative.has(code)

/**
 * Accounts that say what another lacks, with the code of that other. Whoever books on one locks
 * the other too, so that nobody pays a debt that somebody else is about to make.
 */
const debts = {
  'owner.receivable': 'owner.available',
  'refundable.debt': 'payment.refundable',
} as const satisfies Partial<Record<AccountCode, AccountCode>>

/** The codes of accounts that say what another of their owner lacks. */
export const DEBTS = Object.keys(debts) as readonly AccountCode[]

/** Whether an account of this code says what another of its owner lacks. */
export const isDebt = (code: AccountCode): code is keyof typeof debts => Object.hasOwn(debts, code)

/** The code of the account that lacks what an account of this one says. */
export const lackingBy = (code: keyof typeof debts): AccountCode => debts[code]
