import { createHash } from 'node:crypto'
import { parseAddress } from '@coffer/evm/address'
import { parseChainId } from '@coffer/money/chain-id'
import { parsedBy } from '@coffer/money/parsed-by'
import { parseUnits } from '@coffer/money/units'
import { z } from 'zod'
import { type Hex, SIGNING_PURPOSES, type SigningRequest } from './ports.ts'

const amount = parsedBy(parseUnits)
const address = parsedBy(parseAddress)
const hex = z
  .string()
  .regex(/^0x([0-9a-f]{2})*$/, 'Expected hex in lower case.')
  .max(262_144)
  .transform((text) => text as Hex)

const transaction = z.strictObject({
  nonce: z.int().min(0),
  /** Always there: nothing is ever created. */
  to: address,
  value: amount,
  data: hex,
  gas: amount,
  maxFeePerGas: amount,
  maxPriorityFeePerGas: amount,
})

/** A {@link SigningRequest} on its way: amounts are decimal strings. */
export const signingRequestSchema = z.strictObject({
  chain: parsedBy(parseChainId),
  from: address,
  purpose: z.enum(SIGNING_PURPOSES),
  transaction,
  payouts: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(200),
        asset: z.string().max(200),
        to: address,
        amount: z.string().max(78),
      }),
    )
    .max(1_000)
    .optional(),
  derivationIndex: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
})

export const signedSchema = z.strictObject({ raw: hex, hash: hex })
export const addressesSchema = z.strictObject({ addresses: z.array(address) })
export const problemSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  rule: z.string().optional(),
})

/** The request as JSON. The same request is always the same text. */
export function requestText(request: SigningRequest): string {
  const { chain, from, purpose, transaction: unsigned, payouts, derivationIndex } = request
  const { nonce, to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = unsigned
  return JSON.stringify(
    {
      chain,
      from,
      purpose,
      transaction: { nonce, to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas },
      payouts: payouts?.map(({ id, asset, to: recipient, amount: paid }) => {
        return { id, asset, to: recipient, amount: paid }
      }),
      derivationIndex,
    },
    (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each),
  )
}

/** What names a request, and what stays the same when only gas and fees are others. */
export function requestDigests(request: SigningRequest): { request: string; content: string } {
  const nothing = { gas: 0n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  const content = { ...request, transaction: { ...request.transaction, ...nothing } }
  return { request: digest(requestText(request)), content: digest(requestText(content)) }
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
