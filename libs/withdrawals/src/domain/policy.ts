import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'

/** What an operator lets owners withdraw. Left out, everything goes. */
export type Policy = {
  /** Whether owners withdraw only to payees that they named before. */
  allowListOnly: boolean
  /** How long a payee waits before it can be used, milliseconds. */
  coolingOffMs: number
  /** Most of an asset that an owner withdraws in {@link LIMIT_WINDOW_MS}. */
  limits: ReadonlyMap<AssetId, Units>
  /** Above this much of an asset a second person must approve. */
  approvalAbove: ReadonlyMap<AssetId, Units>
  /** What we keep of a withdrawal of an asset. */
  fees: ReadonlyMap<AssetId, Units>
}

/** Lets everything be, as on a chain of one's own. */
export const OPEN_POLICY: Policy = {
  allowListOnly: false,
  coolingOffMs: 0,
  limits: new Map(),
  approvalAbove: new Map(),
  fees: new Map(),
}

export const LIMIT_WINDOW_MS = 24 * 60 * 60_000

export type RefusalCode =
  | 'WITHDRAWAL_DESTINATION'
  | 'WITHDRAWAL_FUNDS'
  | 'WITHDRAWAL_LIMIT'
  | 'WITHDRAWAL_PAYEE'

/** Why a withdrawal is refused. The same request is refused with it for ever. */
export type Refusal = { code: RefusalCode; detail: string }

/** Somebody that an owner may withdraw to. */
export type Payee = {
  address: Address
  label: string | undefined
  addedAt: Date
  usableFrom: Date
}

/** Why `to` can't be paid though it is an address, if so. */
export function refuseDestination(
  to: Address,
  known: { tokens: readonly string[]; own: readonly Address[]; isWatched: boolean },
): Refusal | undefined {
  const refused = (what: string): Refusal => ({
    code: 'WITHDRAWAL_DESTINATION',
    detail: `Nothing is paid to ${to}: ${what} Send an address of the recipient's own.`,
  })
  if (/^0x0{40}$/.test(to)) return refused('it is the zero address, what is sent there is burnt.')
  if (known.tokens.includes(to)) return refused('it is a token, which keeps what it is sent.')
  if (known.own.includes(to)) return refused('it is an address of our own.')
  return known.isWatched ? refused('it takes deposits, and a deposit is no payment.') : undefined
}

/** Why an owner can't withdraw to `to` now, if so. */
export function refusePayee(
  to: Address,
  { policy, payee, now }: { policy: Policy; payee: Payee | undefined; now: Date },
): Refusal | undefined {
  if (!policy.allowListOnly) return undefined
  const code = 'WITHDRAWAL_PAYEE'
  if (payee === undefined) {
    return {
      code: 'WITHDRAWAL_PAYEE',
      detail: `${to} is not among the payees. Add it, wait until it can be used, and ask again.`,
    }
  }
  if (payee.usableFrom <= now) return undefined
  const from = payee.usableFrom.toISOString()
  return { code, detail: `${to} was added a short while ago and can be used from ${from} on.` }
}

/** Why an owner who withdrew `spent` in the window can't withdraw `amount` more, if so. */
export function refuseAmount(
  { asset, amount }: { asset: AssetId; amount: bigint },
  { policy, spent }: { policy: Policy; spent: bigint },
): Refusal | undefined {
  const limit = policy.limits.get(asset)
  if (limit === undefined || spent + amount <= limit) return undefined
  const left = limit > spent ? limit - spent : 0n
  return {
    code: 'WITHDRAWAL_LIMIT',
    detail:
      `${amount} is more than can be withdrawn of ${asset} now: ${limit} within 24 hours, of ` +
      `which ${left} are left. Ask for less, or later.`,
  }
}

export const needsApproval = (
  { asset, amount }: { asset: AssetId; amount: bigint },
  { approvalAbove }: Policy,
): boolean => amount > (approvalAbove.get(asset) ?? amount)

/**
 * Those of `known` that people take `address` for, since they look at both ends only: somebody who
 * wants to be paid by mistake makes such an address.
 */
export const lookalikes = (address: Address, known: readonly Address[]): Address[] =>
  known.filter((each) => each !== address && endsOf(each) === endsOf(address))

const endsOf = (address: Address): string => address.slice(2, 6) + address.slice(-4)
