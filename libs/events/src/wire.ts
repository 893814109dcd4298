import { parseAssetId } from '@coffer/money/asset'
import { parseChainId } from '@coffer/money/chain-id'
import { parseUnits } from '@coffer/money/units'
import { z } from 'zod'

/** Turns a parser that throws into a zod type that reports what the parser said. */
const parsedBy = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  })

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
