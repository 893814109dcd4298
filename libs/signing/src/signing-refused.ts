import { AppError, type Retry } from '@coffer/errors/app-error'

/** The rule by which something is not signed. docs/signing.md tells what each is about. */
export const SIGNING_RULES = [
  'malformed',
  'chain',
  'from',
  'call',
  'contract',
  'asset',
  'intent',
  'recipient',
  'amount',
  'gas',
  'fee',
  'nonce',
  'payout-changed',
  'payout-attempts',
  'window',
  'rate',
] as const
export type SigningRule = (typeof SIGNING_RULES)[number]

/** Limits of a time: what they refuse may be signed later. */
const PASSING: readonly SigningRule[] = ['window', 'rate']

/** The signer will not sign this. Only what a limit per time refuses is worth asking again. */
export class SigningRefusedError extends AppError {
  readonly code = 'SIGNING_REFUSED'
  readonly rule: SigningRule

  constructor(rule: SigningRule, problem: string) {
    const retry: Retry = PASSING.includes(rule) ? 'retry' : 'never'
    super(`The signer refuses by its rule "${rule}": ${problem}`, { retry, details: { rule } })
    this.rule = rule
  }
}
