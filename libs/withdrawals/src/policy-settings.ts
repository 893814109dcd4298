import { parseAddress } from '@coffer/evm/address'
import { type AssetId, parseAssetId } from '@coffer/money/asset'
import { parsedBy } from '@coffer/money/parsed-by'
import { parseUnits, type Units } from '@coffer/money/units'
import { z } from 'zod'
import type { Policy } from './domain/policy.ts'

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** `asset=amount`, separated by commas. */
const amounts = parsedBy((text): ReadonlyMap<AssetId, Units> => {
  return new Map(
    listed(text).map((item) => {
      const [asset = '', amount = ''] = item.split('=')
      return [parseAssetId(asset), parseUnits(amount)]
    }),
  )
}).prefault('')

/** Settings that say what owners may withdraw. Without any of them, whatever they have. */
export const policySettings = {
  /** Whether owners withdraw only to payees that they named before. */
  WITHDRAWAL_ALLOW_LIST: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
  /** How long a new payee can't be used. */
  WITHDRAWAL_COOLING_OFF_HOURS: z.coerce.number().min(0).max(8_760).default(24),
  /** Most that an owner withdraws of an asset within 24 hours. */
  WITHDRAWAL_LIMITS: amounts,
  /** Above this much of an asset a second person must approve. */
  WITHDRAWAL_APPROVAL_ABOVE: amounts,
  /** What is kept of each withdrawal of an asset. */
  WITHDRAWAL_FEES: amounts,
  APPROVER_KEYS: z
    .undefined(
      'Expected none: who approves is who holds a key of the role operator. Make one for each ' +
        'with coffer keys create.',
    )
    .optional(),
  /** Hot wallets, separated by commas: nothing is withdrawn to them. */
  HOT_WALLET: parsedBy((text) => listed(text).map(parseAddress)).prefault(''),
}

export type PolicySettings = z.output<z.ZodObject<typeof policySettings>>

/** The policy that settings say. */
export const policyOf = (settings: PolicySettings): Policy => ({
  allowListOnly: settings.WITHDRAWAL_ALLOW_LIST,
  coolingOffMs: settings.WITHDRAWAL_COOLING_OFF_HOURS * 3_600_000,
  limits: settings.WITHDRAWAL_LIMITS,
  approvalAbove: settings.WITHDRAWAL_APPROVAL_ABOVE,
  fees: settings.WITHDRAWAL_FEES,
})
