import { assetOnWire, signedUnitsOnWire } from '@coffer/events/wire'
import { isAccountCode } from '@coffer/ledger/chart-of-accounts'
import type { EntryDraft } from '@coffer/ledger/transaction'
import { z } from 'zod'
import type { Amount, DifferenceKind } from './domain/finding.ts'
import type { Run } from './domain/run.ts'
import type { Adjustment, DifferenceView } from './ports.ts'

const KINDS = [
  'missing_inside',
  'missing_outside',
  'amount_differs',
  'asset_differs',
  'duplicate_line',
  'duplicate_booking',
  'adjustment_outdated',
  'custody_short',
  'custody_surplus',
  'owed_uncovered',
  'credit_without_transfer',
  'credit_differs',
  'credit_doubled',
  'payout_without_transaction',
] as const satisfies readonly DifferenceKind[]

const amountText = z.string().describe('A decimal string of the smallest unit; maybe negative')

export const runRequest = z.strictObject({
  scope: z.enum(['channel', 'chain']),
  channel: z.string().default('sandbox').describe('Of the scope channel: whose statements'),
  chain: z.string().optional().describe('Of the scope chain: its CAIP-2 id'),
  day: z.iso
    .date()
    .optional()
    .describe('Of a channel: both sides have told of all that moved until this day ended, UTC'),
  whole: z
    .boolean()
    .default(false)
    .describe('Of a chain: hold every credit against it, and not only those since the last run'),
})

export const runParams = z.strictObject({ id: z.uuid() })

export const runAnswer = z.strictObject({
  id: z.uuid(),
  scope: z.enum(['channel', 'chain']),
  place: z.string().describe('The channel or the chain'),
  status: z.enum(['running', 'done', 'failed']),
  checked: z.int().describe('Movements, credits and balances that were looked at'),
  opened: z.int().describe('Differences that were found'),
  explained: z.int().describe('Differences that came right by themselves'),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  lastError: z.string().nullable(),
})

export const differenceQuery = z.strictObject({
  status: z.enum(['open', 'explained', 'adjusted']).optional(),
  kind: z.enum(KINDS).optional(),
  place: z.string().optional().describe('A channel, or a chain'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^[0-9]{1,18}$/, 'Expected the nextCursor of an earlier page.')
    .transform(BigInt)
    .optional(),
})

const entryAnswer = z.strictObject({
  owner: z.string(),
  account: z.string(),
  asset: z.string(),
  amount: amountText,
})

export const adjustmentAnswer = z.strictObject({
  kind: z.enum(['suspend', 'write_off', 'accept', 'entries']),
  entries: z.array(entryAnswer).describe('What is booked when it is confirmed'),
  reason: z.string(),
  hash: z.string().describe('Of all that is proposed: who confirms it sends it'),
  status: z.enum(['proposed', 'confirmed', 'replaced']),
  proposedBy: z.string(),
  proposedAt: z.iso.datetime(),
  confirmedBy: z.string().nullable(),
  confirmedAt: z.iso.datetime().nullable(),
})

const side = z.strictObject({ asset: z.string(), amount: amountText }).nullable()

export const differenceAnswer = z.strictObject({
  id: z.uuid(),
  kind: z.enum(KINDS),
  place: z.string(),
  subject: z.string(),
  ours: side.describe('As our books have it'),
  theirs: side.describe('As the channel or the chain has it'),
  block: z.string().nullable(),
  happenedAt: z.iso.datetime(),
  detail: z.string().nullable(),
  status: z.enum(['open', 'explained', 'adjusted']),
  suspended: z.boolean().describe('Whether its value is in suspense'),
  noticedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  closedBy: z.string().nullable(),
  adjustment: adjustmentAnswer.nullable().describe('What was proposed last'),
})

export const differenceList = z.strictObject({
  items: z.array(differenceAnswer),
  nextCursor: z.string().nullable(),
})

export const differenceParams = z.strictObject({ id: z.uuid() })

const entryRequest = z
  .strictObject({
    owner: z.string().min(1).describe("An owner's id, or system"),
    account: z.string().refine(isAccountCode, 'Expected a code of the chart of accounts.'),
    asset: assetOnWire,
    amount: signedUnitsOnWire.describe('A debit is positive, a credit negative'),
  })
  .transform(({ owner, account: code, asset, amount }): EntryDraft => {
    return { account: { owner, code, asset }, amount }
  })

export const adjustmentRequest = z.strictObject({
  kind: z.enum(['suspend', 'write_off', 'accept', 'entries']),
  entries: z.array(entryRequest).max(100).optional().describe('Of the kind entries alone'),
  reason: z.string().trim().min(1).max(2_000),
})

export const confirmRequest = z.strictObject({
  hash: z.string().describe('Of the proposal that is meant'),
})

export const statementQuery = z.strictObject({ channel: z.string().default('sandbox') })

export const importAnswer = z.strictObject({ lines: z.int() })

export const runOnWire = (run: Run): z.output<typeof runAnswer> => ({
  id: run.id,
  scope: run.scope,
  place: run.place,
  status: run.status,
  ...run.counts,
  startedAt: run.startedAt.toISOString(),
  finishedAt: momentOnWire(run.finishedAt),
  lastError: run.lastError ?? null,
})

export const differenceOnWire = (
  difference: DifferenceView,
): z.output<typeof differenceAnswer> => ({
  id: difference.id,
  kind: difference.kind,
  place: difference.place,
  subject: difference.subject,
  ours: sideOnWire(difference.ours),
  theirs: sideOnWire(difference.theirs),
  block: difference.block === undefined ? null : `${difference.block}`,
  happenedAt: difference.happenedAt.toISOString(),
  detail: difference.detail ?? null,
  status: difference.status,
  suspended: difference.isSuspended,
  noticedAt: difference.noticedAt.toISOString(),
  closedAt: momentOnWire(difference.closedAt),
  closedBy: difference.closedBy ?? null,
  adjustment: difference.adjustment ? adjustmentOnWire(difference.adjustment) : null,
})

export const adjustmentOnWire = (adjustment: Adjustment): z.output<typeof adjustmentAnswer> => ({
  kind: adjustment.kind,
  entries: adjustment.entries.map(({ owner, account, asset, amount }) => {
    return { owner, account, asset, amount }
  }),
  reason: adjustment.reason,
  hash: adjustment.hash,
  status: adjustment.status,
  proposedBy: adjustment.proposedBy,
  proposedAt: adjustment.proposedAt.toISOString(),
  confirmedBy: adjustment.confirmedBy ?? null,
  confirmedAt: momentOnWire(adjustment.confirmedAt),
})

const momentOnWire = (moment: Date | undefined): string | null => moment?.toISOString() ?? null

const sideOnWire = (amount: Amount | undefined) =>
  amount === undefined ? null : { asset: amount.asset, amount: `${amount.amount}` }
