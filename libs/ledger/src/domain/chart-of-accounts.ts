/** What an account says: value that we hold, that we owe, or that is nobody's so far. */
export type AccountClass = 'asset' | 'liability' | 'suspense'

type Line = {
  /** Its place in the chart: 1xx assets, 2xx liabilities, 5xx suspense. */
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
  /** What an owner owes us: a deposit that a reorg took back after it had been spent. */
  'owner.receivable': { number: 121, class: 'asset', normalSide: 'debit', heldBy: 'owner' },
  /** What an owner may spend. Never below zero. */
  'owner.available': { number: 201, class: 'liability', normalSide: 'credit', heldBy: 'owner' },
  /** What came in and is not credited to anybody, such as less than the minimum. */
  suspense: { number: 501, class: 'suspense', normalSide: 'credit', heldBy: 'system' },
  /** What came for an owner whose account is closed, until it is decided whose it is. */
  'owner.suspense': { number: 502, class: 'suspense', normalSide: 'credit', heldBy: 'owner' },
} as const satisfies Record<string, Line>

export type AccountCode = keyof typeof chartOfAccounts

export const isAccountCode = (text: string): text is AccountCode =>
  Object.hasOwn(chartOfAccounts, text)

/** The owner of the accounts that are nobody's but ours. */
export const SYSTEM = 'system'

/** Codes of accounts that a posting may not take below zero. */
export const mustNotGoNegative = (code: AccountCode): boolean => code === 'owner.available'
