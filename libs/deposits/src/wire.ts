import { AppError } from '@coffer/errors/app-error'
import { assetOnWire, chainOnWire as chainText } from '@coffer/events/wire'
import type { Asset } from '@coffer/money/asset'
import { type ChainId, parseChainId } from '@coffer/money/chain-id'
import { displayAmount } from '@coffer/money/display'
import { z } from 'zod'
import { confirmationCount } from './domain/confirmation-count.ts'
import type { GapCount } from './gap-ports.ts'
import {
  type ChainStatus,
  DEPOSIT_STATUSES,
  type DepositView,
  type RescanView,
} from './read-ports.ts'

/** Heights beyond any chain's would not survive JSON's numbers. */
const height = z.int().min(0)

const moment = z.iso.datetime()

/** `{chain}:{txHash}:{position}`, read into its parts. */
export const depositIdOnWire = z
  .string()
  .describe('{chain}:{txHash}:{position}')
  .transform((text, context) => {
    const [, chain, txHash, position] =
      /^(eip155:[0-9]{1,16}):(0x[0-9a-f]{64}):([a-z]+(?::[0-9_.,-]{1,2500})?)$/i.exec(text) ?? []
    try {
      if (chain && txHash && position) {
        const lower = txHash.toLowerCase() as `0x${string}`
        return { chain: parseChainId(chain.toLowerCase()), txHash: lower, position }
      }
    } catch {
      // The message below says what is expected.
    }
    context.addIssue({
      code: 'custom',
      message: 'Expected {chain}:{txHash}:{position} such as "eip155:1:0x…:log:0", URL-encoded.',
    })
    return z.NEVER
  })

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `Expected ${bytes} bytes in hex.`)
    .transform((text) => text.toLowerCase() as `0x${string}`)

export const depositQuery = z.strictObject({
  owner: z.string().optional().describe("A user's id or external id"),
  status: z.enum(DEPOSIT_STATUSES).optional(),
  reason: z
    .string()
    .regex(/^[a-z_]{1,64}$/)
    .optional()
    .describe('Why it is not credited, for example below_minimum'),
  chain: chainText.optional(),
  asset: assetOnWire.optional(),
  txHash: hex(32).optional().describe('All that one transaction paid'),
  to: hex(20).optional().describe('An address that is watched'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional().describe('nextCursor of the answer before'),
})

export const deposit = z.strictObject({
  id: z.string().describe('{chain}:{txHash}:{position}: what no reorg changes'),
  owner: z.string(),
  chain: z.string(),
  asset: z.string(),
  symbol: z.string().nullable().describe('null when the asset is not configured any more'),
  amount: z.string().describe("Whole number of the asset's smallest unit"),
  display: z.string().nullable().describe('The amount as people read it. Not for computing'),
  from: z.string(),
  to: z.string(),
  txHash: z.string(),
  position: z.string(),
  blockNumber: height,
  blockHash: z.string(),
  confirmations: z.int().describe('Blocks on top, its own included; 0 once orphaned or reversed'),
  status: z.enum(DEPOSIT_STATUSES),
  reason: z.string().optional(),
  tier: z
    .string()
    .optional()
    .describe('What so large an amount waits for: a number of confirmations, safe or finalized'),
  seenAt: moment,
  confirmedAt: moment.optional(),
  creditedAt: moment.optional(),
})

export const releaseRequest = z.strictObject({
  reason: z.string().trim().min(1).max(500).describe('Why it is credited after all; it is kept'),
})

export const depositList = z.strictObject({
  items: z.array(deposit),
  nextCursor: z.string().nullable().describe('null on the last page'),
})

/** A deposit as it is answered. */
export function depositOnWire(
  view: DepositView,
  assets: readonly Asset[],
): z.output<typeof deposit> {
  const { chain, txHash, position, amount, reason, tier, seenAt, confirmedAt, creditedAt } = view
  const asset = assets.find(({ id }) => id === view.asset)
  return {
    id: `${chain}:${txHash}:${position}`,
    owner: view.owner,
    chain,
    asset: view.asset,
    symbol: asset?.symbol ?? null,
    amount: amount.toString(),
    display: asset ? displayAmount(amount, asset.decimals) : null,
    from: view.from,
    to: view.to,
    txHash,
    position,
    blockNumber: Number(view.blockNumber),
    blockHash: view.blockHash,
    confirmations: Number(confirmationCount(view)),
    status: view.status,
    ...(reason === null ? {} : { reason }),
    ...(tier === null ? {} : { tier }),
    seenAt: seenAt.toISOString(),
    ...(confirmedAt === null ? {} : { confirmedAt: confirmedAt.toISOString() }),
    ...(creditedAt === null ? {} : { creditedAt: creditedAt.toISOString() }),
  }
}

const chainStatus = z.strictObject({
  chain: z.string(),
  head: height.nullable(),
  final: z.int().nullable(),
  checkpoint: height.nullable(),
  lagBlocks: z.int().nullable(),
  lagSeconds: z.number().nullable(),
  traceLagBlocks: z.int().describe('Scanned blocks from the oldest on whose calls are still owed'),
  traceLagSeconds: z.number(),
  latched: z.boolean().describe('Scanning has stopped until an operator looks'),
  latchedReason: z.string().nullable(),
  headSeenAt: moment.nullable(),
  auditedTo: z.int().nullable().describe('Last block that was audited'),
  gaps: z.int().describe('Open gaps: see /v1/admin/gaps'),
  gapBlocks: z.int().describe('Blocks in them'),
})

export const chainList = z.strictObject({ items: z.array(chainStatus) })

/** Where a scan stands as it is answered; without `status` it has not begun. */
export function chainOnWire(
  chain: ChainId,
  status: ChainStatus | undefined,
  gaps: readonly Pick<GapCount, 'gaps' | 'blocks'>[] = [],
): z.output<typeof chainStatus> {
  const head = numberOf(status?.head)
  const checkpoint = numberOf(status?.checkpoint)
  const lagBlocks = head === null || checkpoint === null ? null : Math.max(0, head - checkpoint)
  return {
    chain,
    head,
    final: numberOf(status?.final),
    checkpoint,
    lagBlocks,
    lagSeconds: status?.lagSeconds ?? null,
    traceLagBlocks: Number(status?.traceLagBlocks ?? 0n),
    traceLagSeconds: status?.traceLagSeconds ?? 0,
    latched: (status?.latchedReason ?? null) !== null,
    latchedReason: status?.latchedReason ?? null,
    headSeenAt: status?.headSeenAt?.toISOString() ?? null,
    auditedTo: numberOf(status?.audited),
    gaps: gaps.reduce((sum, each) => sum + each.gaps, 0),
    gapBlocks: Number(gaps.reduce((sum, { blocks }) => sum + blocks, 0n)),
  }
}

const heightOnWire = height.transform(BigInt)

export const rescanRequest = z.strictObject({
  chain: chainText,
  fromBlock: heightOnWire,
  toBlock: heightOnWire,
})

export const rescan = z.strictObject({
  id: z.uuid(),
  chain: z.string(),
  fromBlock: height,
  toBlock: height,
  nextBlock: height.describe('The first block that is still to be read'),
  status: z.enum(['pending', 'done', 'failed']),
  reason: z.string().optional().describe('Why it failed'),
  found: z.int().describe('Transfers to watched addresses in the range'),
  added: z.int().describe('Those of them that had not been stored'),
  republished: z.int(),
  requestedAt: moment,
  finishedAt: moment.optional(),
})

/** A rescan as it is answered. */
export function rescanOnWire(view: RescanView): z.output<typeof rescan> {
  const { fromBlock, toBlock, nextBlock, reason, requestedAt, finishedAt, ...rest } = view
  return {
    ...rest,
    fromBlock: Number(fromBlock),
    toBlock: Number(toBlock),
    nextBlock: Number(nextBlock),
    ...(reason === null ? {} : { reason }),
    requestedAt: requestedAt.toISOString(),
    ...(finishedAt === null ? {} : { finishedAt: finishedAt.toISOString() }),
  }
}

const numberOf = (value: bigint | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)

const depositId = ({
  chain,
  txHash,
  position,
}: Pick<DepositView, 'chain' | 'txHash' | 'position'>) => `${chain}:${txHash}:${position}`

export class DepositUnknownError extends AppError {
  readonly code = 'DEPOSIT_UNKNOWN'

  constructor(deposit: Pick<DepositView, 'chain' | 'txHash' | 'position'> | string) {
    const id = typeof deposit === 'string' ? deposit : depositId(deposit)
    super(
      `No deposit has the id ${JSON.stringify(id.slice(0, 3_000))}. One that was just ` +
        'sent appears when its block is scanned.',
      { retry: 'never', details: { id } },
    )
  }
}

export class RescanUnknownError extends AppError {
  readonly code = 'RESCAN_UNKNOWN'

  constructor(id: string) {
    super(`No rescan has the id ${JSON.stringify(id)}.`, { retry: 'never', details: { id } })
  }
}
