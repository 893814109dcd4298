import { chainOnWire, hashOnWire } from '@coffer/events/wire'
import { blockHash } from '@coffer/evm/hash'
import { z } from 'zod'
import type { BlockRef } from './domain/block.ts'
import type { UnlatchPlan } from './usecases/unlatch-chain.ts'

const height = z.int().min(0)

export const unlatchParams = z.strictObject({ chain: chainOnWire })

export const unlatchRequest = z.discriminatedUnion('dryRun', [
  z.strictObject({ dryRun: z.literal(true) }),
  z.strictObject({
    dryRun: z.literal(false),
    keeps: hashOnWire
      .transform(blockHash)
      .nullable()
      .describe('keeps.hash of the dry run, null where keeps is: nothing else is then done'),
  }),
])

const blockRef = z.strictObject({ number: height, hash: z.string() })

export const unlatchAnswer = z.strictObject({
  chain: z.string(),
  done: z.boolean().describe('false: this is what would be done'),
  reason: z.string().describe('Why the chain was latched'),
  checkpoint: blockRef.nullable().describe('The last block that was stored'),
  final: z.int().nullable(),
  head: blockRef.describe("The node's newest block"),
  keeps: blockRef.nullable().describe('The last stored block that the node has too'),
  blocks: z.int().describe('Blocks above that one, which are taken back'),
  belowFinal: z.boolean().describe('Whether blocks are taken back that were final'),
  reversed: z.int().describe('Published deposits that are reversed'),
  deposits: z
    .array(
      z.strictObject({
        id: z.string(),
        owner: z.string(),
        asset: z.string(),
        amount: z.string(),
        status: z.string(),
        blockNumber: height,
      }),
    )
    .describe('The oldest of them'),
})

/** What lifting a latch does, or did, as it is answered. */
export function unlatchOnWire(plan: UnlatchPlan, done: boolean): z.output<typeof unlatchAnswer> {
  const { checkpoint, final, head, keeps, blocks, isBelowFinal, deposits, ...rest } = plan
  return {
    ...rest,
    done,
    checkpoint: refOnWire(checkpoint),
    final: final === null ? null : Number(final),
    head: { number: Number(head.number), hash: head.hash },
    keeps: refOnWire(keeps),
    blocks: Number(blocks),
    belowFinal: isBelowFinal,
    deposits: deposits.map(({ amount, blockNumber, ...deposit }) => ({
      ...deposit,
      amount: amount.toString(),
      blockNumber: Number(blockNumber),
    })),
  }
}

const refOnWire = (ref: BlockRef | null) => ref && { number: Number(ref.number), hash: ref.hash }
