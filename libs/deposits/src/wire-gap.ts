import { AppError } from '@coffer/errors/app-error'
import { chainOnWire } from '@coffer/events/wire'
import { z } from 'zod'
import { GAP_KINDS, type Gap } from './gap-ports.ts'

const height = z.int().min(0)
const moment = z.iso.datetime()

export const gapId = z.coerce.number().int().min(1).transform(BigInt)

export const gapQuery = z.strictObject({
  chain: chainOnWire.optional(),
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('true: only those of which something is still owed; false: only those closed'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional().describe('nextCursor of the answer before'),
})

const gap = z.strictObject({
  id: z.int().min(1),
  chain: z.string(),
  kind: z
    .enum(GAP_KINDS)
    .describe(
      'blocks: rows of blocks are missing; traces: their calls are still to be read; audit: the ' +
        'audit found there what an operator has to look at',
    ),
  fromBlock: height.describe('What is left of it, or was when it was closed'),
  toBlock: height,
  reason: z.string(),
  openedAt: moment,
  attempts: z.int().describe('How often working it off failed since it last got smaller'),
  lastError: z.string().optional(),
  closedAt: moment.optional(),
  closedBy: z
    .enum(['work', 'reorg'])
    .optional()
    .describe('reorg: its blocks left the chain, and nothing is owed of them any more'),
})

export const gapList = z.strictObject({
  items: z.array(gap),
  nextCursor: z.string().nullable().describe('null on the last page'),
})

/** A gap as it is answered. */
export function gapOnWire(view: Gap): z.output<typeof gap> {
  const { id, fromBlock, toBlock, openedAt, lastError, closedAt, closedBy, ...rest } = view
  return {
    ...rest,
    id: Number(id),
    fromBlock: Number(fromBlock),
    toBlock: Number(toBlock),
    openedAt: openedAt.toISOString(),
    ...(lastError === null ? {} : { lastError }),
    ...(closedAt === null ? {} : { closedAt: closedAt.toISOString() }),
    ...(closedBy === null ? {} : { closedBy }),
  }
}

export class GapUnknownError extends AppError {
  readonly code = 'GAP_UNKNOWN'

  constructor(id: bigint) {
    super(`No gap has the id ${id}.`, { retry: 'never', details: { id } })
  }
}
