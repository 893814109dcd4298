/** What a transaction offers for gas by EIP-1559, in the coin's smallest unit. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }

export type FeeCaps = {
  /** Most that is ever offered for a unit of gas. */
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
  /** Most that paying one withdrawal may cost; left out, only a unit of gas has a limit. */
  payoutFeeMax?: bigint | undefined
}

/** `caps` for a transaction that pays so many and may take so much gas: it is offered no more. */
export function capsOfPayouts(caps: FeeCaps, { gas, payouts }: { gas: bigint; payouts: number }) {
  const { payoutFeeMax, ...most } = caps
  if (payoutFeeMax === undefined || payouts === 0) return most
  const perGas = (payoutFeeMax * BigInt(payouts)) / gas
  return { ...most, maxFeePerGas: least(most.maxFeePerGas, perGas) }
}

/** What a chain asks for at its head. */
export type GasPrice = { baseFee: bigint; priorityFee: bigint }

/**
 * What to offer: enough for the base fee to double. `undefined` when not even the next block is
 * below the caps: whoever may wait does.
 */
export function feesFor({ baseFee, priorityFee }: GasPrice, caps: FeeCaps): Fees | undefined {
  const tip = least(least(priorityFee, caps.maxPriorityFeePerGas), caps.maxFeePerGas)
  if (baseFee + tip > caps.maxFeePerGas) return undefined
  return { maxFeePerGas: least(2n * baseFee + tip, caps.maxFeePerGas), maxPriorityFeePerGas: tip }
}

/**
 * What replaces a transaction that offers `before`: an eighth more of both, which is what nodes ask
 * for, or more where the chain does. `undefined` when that is beyond the caps.
 */
export function raisedFees(before: Fees, price: GasPrice, caps: FeeCaps): Fees | undefined {
  const now = feesFor(price, caps)
  const tip = most(anEighthMore(before.maxPriorityFeePerGas), now?.maxPriorityFeePerGas ?? 0n)
  const max = most(anEighthMore(before.maxFeePerGas), now?.maxFeePerGas ?? 0n, tip)
  return max > caps.maxFeePerGas ? undefined : { maxFeePerGas: max, maxPriorityFeePerGas: tip }
}

/** Rounded up, and never the same. */
const anEighthMore = (fee: bigint): bigint => fee + (fee + 7n) / 8n + (fee === 0n ? 1n : 0n)

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
const most = (...all: bigint[]): bigint => all.reduce((one, other) => (one > other ? one : other))
