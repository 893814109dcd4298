import { AppError } from '@coffer/errors/app-error'
import type { Branded } from './brand.ts'

/** Smallest unit of one asset: wei, or 1e-6 USDC. From 0 to 2^256 − 1. */
export type Units = Branded<bigint, 'Units'>

/** The largest amount that fits the EVM's uint256. */
export const UNITS_MAX = 2n ** 256n - 1n

/** Checks that `amount` fits an unsigned 256-bit integer. Throws {@link UnitsError}. */
export function units(amount: bigint): Units {
  if (amount < 0n || amount > UNITS_MAX) throw new UnitsError(amount.toString())
  return amount as Units
}

/** Reads a decimal string such as `"1000000"`: digits only, no sign, no leading zeros. */
export function parseUnits(text: string): Units {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(text)) throw new UnitsError(text)
  return units(BigInt(text))
}

export class UnitsError extends AppError {
  readonly code = 'MONEY_UNITS'

  constructor(received: string) {
    super(
      `Invalid amount ${JSON.stringify(received)}. Expected a whole number of the asset's ` +
        'smallest unit, from 0 to 2^256 - 1, as a decimal string such as "1000000".',
      { retry: 'never', details: { received } },
    )
  }
}
