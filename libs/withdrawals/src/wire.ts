import { assetOnWire, chainOnWire, unitsOnWire } from '@coffer/events/wire'
import { z } from 'zod'
import { approvalHash } from './domain/approval-hash.ts'
import type { Withdrawal } from './domain/withdrawal.ts'
import type { ListedPayee } from './ports.ts'

const STATUSES = [
  'awaiting_approval',
  'queued',
  'paying',
  'broadcast',
  'completed',
  'failed',
  'cancelled',
] as const

const units = (of: string) => z.string().describe(`Whole number of the smallest unit: ${of}`)

export const withdrawal = z.strictObject({
  id: z.uuid(),
  owner: z.uuid(),
  chain: z.string(),
  asset: z.string(),
  to: z.string(),
  amount: units('what arrives'),
  fee: units('what is kept beside it'),
  status: z.enum(STATUSES),
  reason: z.string().nullable().describe('Why it failed, or was cancelled'),
  needsApproval: z.boolean(),
  approvalHash: z.string().describe('What a second person approves: send it back as it is'),
  requestedBy: z.string().nullable().describe('Who holds the key that asked for it'),
  approvedBy: z.string().nullable().describe('Who holds the key that approved it'),
  refundId: z.string().nullable().describe('The refund that it pays'),
  txHash: z.string().nullable(),
  blockNumber: z.int().nullable(),
  requestedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})

export const withdrawalOnWire = (of: Withdrawal): z.output<typeof withdrawal> => ({
  ...{ id: of.id, owner: of.owner, chain: of.chain, asset: of.asset, to: of.to },
  amount: of.amount.toString(),
  fee: of.fee.toString(),
  status: of.status,
  reason: of.reason ?? null,
  needsApproval: of.needsApproval,
  approvalHash: approvalHash(of),
  requestedBy: of.requestedBy ?? null,
  approvedBy: of.approvedBy ?? null,
  refundId: of.refundId ?? null,
  txHash: of.txHash ?? null,
  blockNumber: of.blockNumber === undefined ? null : Number(of.blockNumber),
  requestedAt: of.requestedAt.toISOString(),
  endedAt: of.endedAt?.toISOString() ?? null,
})

export const newWithdrawal = z.strictObject({
  asset: assetOnWire,
  to: z.string().max(100).describe('20 bytes in hex; of mixed case only with its EIP-55 checksum'),
  amount: unitsOnWire.refine((amount) => amount > 0n, 'Expected more than 0.'),
})

/** The last of a page: when it was asked for, and which it was. */
const cursor = z.string().transform((text, context) => {
  const [at = '', id = ''] = text.split('_')
  const requestedAt = new Date(at)
  if (!Number.isNaN(requestedAt.getTime()) && z.uuid().safeParse(id).success) {
    return { requestedAt, id }
  }
  context.addIssue({ code: 'custom', message: 'Expected a nextCursor of this route.' })
  return z.NEVER
})

export const cursorOf = ({ requestedAt, id }: Withdrawal): string =>
  `${requestedAt.toISOString()}_${id}`

export const query = z.strictObject({
  owner: z.uuid().optional(),
  status: z.enum(STATUSES).optional(),
  cursor: cursor.optional().describe('nextCursor of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const page = z.strictObject({
  items: z.array(withdrawal),
  nextCursor: z.string().nullable(),
})

export const newPayee = z.strictObject({
  chain: chainOnWire,
  address: z.string().max(100),
  label: z.string().min(1).max(100).optional(),
})

export const payee = z.strictObject({
  owner: z.uuid(),
  chain: z.string(),
  address: z.string(),
  label: z.string().nullable(),
  addedAt: z.iso.datetime(),
  usableFrom: z.iso.datetime(),
  lookalikes: z
    .array(z.string())
    .describe('Addresses known of this owner whose both ends are the same: is it the right one?'),
})

export const payeeOnWire = (of: ListedPayee, lookalikes: readonly string[]) => ({
  ...{ owner: of.owner, chain: of.chain, address: of.address, label: of.label ?? null },
  addedAt: of.addedAt.toISOString(),
  usableFrom: of.usableFrom.toISOString(),
  lookalikes: [...lookalikes],
})
