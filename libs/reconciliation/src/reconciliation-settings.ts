import { parseAssetId } from '@coffer/money/asset'
import { z } from 'zod'
import { channelOf } from './domain/bookings-of.ts'
import type { Tolerance } from './domain/tolerance.ts'
import type { ChannelRules } from './usecases/judge-groups.ts'

export type { ChannelRules } from './usecases/judge-groups.ts'

const EXAMPLE = 'sandbox:1/iso4217:USD=5:10'

/** `asset=absolute:basisPoints`, such as `sandbox:1/iso4217:USD=5:10`. */
const tolerance = z.string().transform((text, context): Tolerance => {
  const [, asset = '', absolute = '', basisPoints = ''] =
    /^([^=]+)=(\d{1,78}):(\d{1,5})$/.exec(text.trim()) ?? []
  try {
    const id = parseAssetId(asset)
    const share = Number(basisPoints)
    if (share > 10_000) throw new RangeError('More than a hundred per cent.')
    return { channel: channelOf(id), asset: id, absolute: BigInt(absolute), basisPoints: share }
  } catch {
    context.addIssue({
      code: 'custom',
      message: `Expected such as ${EXAMPLE}, got ${JSON.stringify(text)}.`,
    })
    return z.NEVER
  }
})

/** What every process that holds statements against our books must be told alike. */
export const reconciliationSettings = {
  /** How long a channel, or we, may take to tell of what it moved, hours. */
  RECONCILIATION_GRACE_HOURS: z.coerce.number().min(0).max(720).default(36),
  /** How far statements may be off, separated by commas; see {@link tolerance}. */
  RECONCILIATION_TOLERANCES: z
    .string()
    .transform((text) => text.split(',').filter((each) => each.trim() !== ''))
    .pipe(z.array(tolerance))
    .default([]),
}

const HOUR_MS = 3_600_000

/** The rules that settings amount to. */
export const channelRules = (
  settings: z.output<z.ZodObject<typeof reconciliationSettings>>,
): ChannelRules => ({
  graceMs: settings.RECONCILIATION_GRACE_HOURS * HOUR_MS,
  tolerances: settings.RECONCILIATION_TOLERANCES,
})
