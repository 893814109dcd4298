import { AppError } from '@coffer/errors/app-error'
import { parseAddress } from '@coffer/evm/address'
import { apiKeyCheck } from '@coffer/http/api-key'
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

const SECRET_LENGTH_MIN = 8

/** `name=key`, separated by commas. */
const approvers = parsedBy((text): ReadonlyMap<string, string> => {
  const pairs = listed(text).map((item): [string, string] => {
    const [name = '', key = ''] = item.split('=')
    if (name === '' || key.length < SECRET_LENGTH_MIN || /\s/.test(key)) {
      throw new RangeError(
        `Expected name=key with keys of ${SECRET_LENGTH_MIN} characters or more, without spaces.`,
      )
    }
    return [name, key]
  })
  return new Map(pairs)
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
  /** Who may approve, and the key that each of them has. */
  APPROVER_KEYS: approvers,
  /** Hot wallets, separated by commas: nothing is withdrawn to them. */
  HOT_WALLET: parsedBy((text) => listed(text).map(parseAddress)).prefault(''),
}

export type PolicySettings = z.output<z.ZodObject<typeof policySettings>>

/** Refuses settings under which nobody could ever approve, or who asks could approve alone. */
export function requireApprovers(
  settings: PolicySettings & { API_KEY: readonly string[] },
  context: z.RefinementCtx,
): void {
  const keys = [...settings.APPROVER_KEYS.values()]
  const refuse = (message: string) =>
    context.addIssue({ code: 'custom', path: ['APPROVER_KEYS'], message })
  if (settings.WITHDRAWAL_APPROVAL_ABOVE.size > 0 && keys.length === 0) {
    refuse('Expected name=key,… of those who approve, since WITHDRAWAL_APPROVAL_ABOVE is set.')
  }
  if (keys.some((key) => settings.API_KEY.includes(key)) || new Set(keys).size < keys.length) {
    refuse('Expected keys that nobody else has: whoever asks must not be able to approve.')
  }
}

/** The policy that settings say. */
export const policyOf = (settings: PolicySettings): Policy => ({
  allowListOnly: settings.WITHDRAWAL_ALLOW_LIST,
  coolingOffMs: settings.WITHDRAWAL_COOLING_OFF_HOURS * 3_600_000,
  limits: settings.WITHDRAWAL_LIMITS,
  approvalAbove: settings.WITHDRAWAL_APPROVAL_ABOVE,
  fees: settings.WITHDRAWAL_FEES,
})

/** Whose key it is, of those who may approve. Throws {@link ApproverUnknownError}. */
export function approverByKey(approvers: ReadonlyMap<string, string>) {
  const checks = [...approvers].map(([name, key]) => ({ name, check: apiKeyCheck([key]) }))
  return (key: string): string => {
    const found = checks.filter(({ check }) => check(`Bearer ${key}`))
    if (found[0] === undefined) throw new ApproverUnknownError()
    return found[0].name
  }
}

/** Nobody who may approve has this key. */
export class ApproverUnknownError extends AppError {
  readonly code = 'APPROVER_UNKNOWN'

  constructor() {
    super(
      'The X-Approver-Key is of nobody who may approve. Send one of APPROVER_KEYS; a key of the ' +
        'API is none.',
      { retry: 'never' },
    )
  }
}
