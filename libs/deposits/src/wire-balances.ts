import { AppError } from '@coffer/errors/app-error'
import { chainOnWire } from '@coffer/events/wire'
import { z } from 'zod'
import type { BalanceDifferenceView, ProofSkipView } from './balance-ports.ts'

const height = z.int().min(0)
const moment = z.iso.datetime()
const amount = z.string().describe("Whole number of the asset's smallest unit")

/** Ids are counted from 1, and fit a JSON number for as long as anybody lives. */
const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).transform(BigInt)

export const differenceQuery = z.strictObject({
  chain: chainOnWire.optional(),
  open: z.stringbool().optional().describe('true: what nothing explains; false: what was closed'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: id.optional().describe('nextCursor of the answer before'),
})

const difference = z.strictObject({
  id: z.string(),
  chain: z.string(),
  address: z.string(),
  owner: z.string(),
  asset: z.string(),
  fromBlock: height,
  toBlock: height,
  expected: amount.describe('What it had at fromBlock, with deposits since, less what was sent'),
  found: amount.nullable().describe('What it had at toBlock; null when its token does not tell'),
  detected: amount.describe('Deposits since fromBlock'),
  sent: amount,
  noticedAt: moment,
  closedAt: moment.optional(),
  closedBy: z.string().optional().describe('"explained" by later deposits, or an operator'),
})

export const differenceList = z.strictObject({
  items: z.array(difference),
  nextCursor: z.string().nullable().describe('null on the last page'),
})

export const differenceParams = z.strictObject({ id })

export const resolveRequest = z.strictObject({
  reason: z.string().trim().min(1).max(500).describe('What explains it; it is kept'),
})

export const resolveAnswer = difference

/** A difference as it is answered. */
export function differenceOnWire(view: BalanceDifferenceView): z.output<typeof difference> {
  const { id, chain, holder, owner, asset, from, to, base, detected, sent, found } = view
  const { noticedAt, closedAt, closedBy } = view
  return {
    ...{ id: id.toString(), chain, address: holder, owner, asset },
    fromBlock: Number(from),
    toBlock: Number(to),
    expected: (base + detected - sent).toString(),
    found: found === null ? null : found.toString(),
    detected: detected.toString(),
    sent: sent.toString(),
    noticedAt: noticedAt.toISOString(),
    ...(closedAt === null ? {} : { closedAt: closedAt.toISOString() }),
    ...(closedBy === null ? {} : { closedBy }),
  }
}

export const skipList = z.strictObject({
  items: z.array(
    z.strictObject({
      chain: z.string(),
      kind: z
        .enum(['adopted', 'waiting'])
        .describe('adopted: taken as found; waiting: not proven until a state is there'),
      fromBlock: height,
      toBlock: height,
      holdings: z.int(),
      noticedAt: moment,
      closedAt: moment.optional(),
    }),
  ),
})

/** What could not be proven as it is answered. */
export function skipOnWire(view: ProofSkipView): z.output<typeof skipList>['items'][number] {
  const { chain, kind, from, to, holdings, noticedAt, closedAt } = view
  return {
    ...{ chain, kind, holdings },
    fromBlock: Number(from),
    toBlock: Number(to),
    noticedAt: noticedAt.toISOString(),
    ...(closedAt === null ? {} : { closedAt: closedAt.toISOString() }),
  }
}

export class BalanceDifferenceUnknownError extends AppError {
  readonly code = 'BALANCE_DIFFERENCE_UNKNOWN'

  constructor(id: bigint) {
    super(`No balance difference has the id ${id}.`, { retry: 'never', details: { id } })
  }
}

/** A difference was closed before. */
export class BalanceDifferenceClosedError extends AppError {
  readonly code = 'BALANCE_DIFFERENCE_CLOSED'

  constructor({ id, closedBy }: Pick<BalanceDifferenceView, 'id' | 'closedBy'>) {
    super(`Balance difference ${id} is closed already: ${closedBy}.`, {
      retry: 'never',
      details: { id, closedBy },
    })
  }
}
