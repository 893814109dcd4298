import { assetOnWire, unitsOnWire } from '@coffer/events/wire'
import type { AssetId } from '@coffer/money/asset'
import { z } from 'zod'
import { availableOf, type Settlement } from './domain/settlement.ts'
import type { SettlementSettings, SettlementTerms } from './domain/settlement-terms.ts'
import type { SettlementRequest } from './ports.ts'

const units = (of: string) => z.string().describe(`Whole number of the smallest unit: ${of}`)
const days = z.int().max(365)

export const newSettings = z.strictObject({
  thresholds: z
    .record(z.string(), unitsOnWire)
    .optional()
    .describe('By asset, CAIP-19: from how much on it is settled at once, in its smallest unit'),
  holdBackDays: days.min(0).optional().describe('How long money of a payment is pending at least'),
  reserveBasisPoints: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe('What of a settlement is kept back, in hundredths of a per cent'),
  reserveDays: days.min(1).optional().describe('For how long it is kept back'),
  schedule: z
    .strictObject({
      dailyAt: z
        .string()
        .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'Expected a time such as "02:00"')
        .describe('HH:MM in UTC: then everything is settled, whatever the threshold'),
    })
    .nullish(),
})

export const settings = z.strictObject({
  thresholds: z.record(z.string(), z.string()),
  defaultThreshold: units('the threshold of assets that have none of their own'),
  holdBackDays: z.int(),
  reserveBasisPoints: z.int(),
  reserveDays: z.int(),
  schedule: z.strictObject({ dailyAt: z.string() }).nullable(),
})

export const newRequest = z.strictObject({ asset: assetOnWire })

export const request = z.strictObject({
  requestId: z.string(),
  merchantId: z.string(),
  asset: z.string(),
  requestedAt: z.iso.datetime(),
})

export const settlement = z.strictObject({
  id: z.string(),
  merchantId: z.string(),
  asset: z.string(),
  amount: units('what stopped being pending'),
  available: units('what of it could be spent at once'),
  reserve: units('what of it is kept back'),
  transactions: z.int().describe('How many transactions of the ledger it adds up'),
  carriedIn: units('what earlier settlements had left; 0 nearly always'),
  carriedOut: units('what it left to the next; 0 nearly always'),
  cause: z.enum(['threshold', 'schedule', 'request']),
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime(),
  reserveReleaseAt: z.iso.datetime().nullable(),
  reserveReleasedAt: z.iso.datetime().nullable(),
})

export const settlementList = z.strictObject({
  items: z.array(settlement),
  nextCursor: z.string().nullable(),
})

export const settlementQuery = z.strictObject({
  merchant: z.uuid().optional().describe("A merchant's id. Default: of all"),
  asset: assetOnWire.optional(),
  cursor: z.uuid().optional().describe('nextCursor of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const settlementOnWire = (settled: Settlement) => ({
  id: settled.id,
  merchantId: settled.merchantId,
  asset: settled.asset,
  amount: settled.amount.toString(),
  available: availableOf(settled).toString(),
  reserve: settled.reserve.toString(),
  transactions: settled.lines,
  carriedIn: settled.carriedIn.toString(),
  carriedOut: settled.carriedOut.toString(),
  cause: settled.cause,
  createdAt: settled.createdAt.toISOString(),
  completedAt: settled.completedAt.toISOString(),
  reserveReleaseAt: settled.releaseAt?.toISOString() ?? null,
  reserveReleasedAt: settled.releasedAt?.toISOString() ?? null,
})

export const requestOnWire = ({ id, merchantId, asset, requestedAt }: SettlementRequest) => ({
  ...{ requestId: id, merchantId, asset, requestedAt: requestedAt.toISOString() },
})

/** What holds for a merchant: what it chose, and else the defaults. */
export function settingsOnWire(chosen: SettlementSettings, defaults: SettlementTerms) {
  const { thresholds, holdBackDays, reserveBasisPoints, reserveDays } = { ...defaults, ...chosen }
  return {
    thresholds: Object.fromEntries(
      Object.entries(thresholds).map(([asset, amount]) => [asset, amount.toString()]),
    ),
    defaultThreshold: defaults.threshold.toString(),
    ...{ holdBackDays, reserveBasisPoints, reserveDays },
    schedule: chosen.dailyAt === undefined ? null : { dailyAt: chosen.dailyAt },
  }
}

/** What a merchant chooses, without what it left out. `read` checks the names of assets. */
export function settingsFromWire(
  { schedule, thresholds = {}, ...rest }: z.output<typeof newSettings>,
  read: (text: string) => AssetId,
): SettlementSettings {
  const chosen = {
    ...rest,
    thresholds: Object.fromEntries(
      Object.entries(thresholds).map(([asset, amount]) => [read(asset), amount]),
    ),
    dailyAt: schedule?.dailyAt,
  }
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined))
}
