import { parseAssetId } from '@coffer/money/asset'
import { parseChainId } from '@coffer/money/chain-id'
import { parsedBy } from '@coffer/money/parsed-by'
import { parseUnits } from '@coffer/money/units'
import { z } from 'zod'

/** A CAIP-2 chain on the wire. */
export const chainOnWire = parsedBy(parseChainId)

/** A CAIP-19 asset on the wire. */
export const assetOnWire = parsedBy(parseAssetId)

/** An amount on the wire: a decimal string of the asset's smallest unit. */
export const unitsOnWire = parsedBy(parseUnits)

/** A signed amount on the wire: a decimal string, negative for a credit entry. */
export const signedUnitsOnWire = z
  .string()
  .regex(/^(0|-?[1-9][0-9]*)$/, 'Expected a whole number as a decimal string.')
  .transform(BigInt)

/** A lower-case 20-byte address on the wire. */
export const addressOnWire = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{40}$/)])

/** A lower-case 32-byte hash on the wire. */
export const hashOnWire = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])

/** An e-mail address, of at most 64 characters before the @. RFC 5321 §4.5.3.1. */
export const emailAddress = z
  .email()
  .max(254)
  .regex(/^[^@]{1,64}@/, 'Expected at most 64 characters before the @')
