import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FakeBlock, FakeTransaction } from '../testing/fake-chain.ts'
import { ASSETS, CHAIN, payInside, payNative, payTokens } from '../testing/fake-transfers.ts'
import { type MemoryScan, memoryScan } from '../testing/memory-scan.ts'
import { ALICE, BOB } from '../testing/scan-facts.ts'

/** Something that happens to a chain, to the node that serves it, or to who follows it. */
type Happening =
  | { kind: 'mine'; payments: number }
  | { kind: 'reorg'; depth: number; longer: number; keeps: boolean }
  | { kind: 'flip' }
  | { kind: 'lag'; blocks: number }
  | { kind: 'fail' }
  | { kind: 'reorgs-while-read'; after: number }
  | { kind: 'scan'; steps: number }
  | { kind: 'rescan'; steps: number }
  | { kind: 'restart' }

const happenings = fc.array(
  fc.oneof<fc.Arbitrary<Happening>[]>(
    fc.record({ kind: fc.constant('mine'), payments: fc.nat(3) }),
    fc.record({
      kind: fc.constant('reorg'),
      depth: fc.integer({ min: 1, max: 5 }),
      longer: fc.nat(2),
      keeps: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('flip') }),
    fc.record({ kind: fc.constant('lag'), blocks: fc.nat(4) }),
    fc.record({ kind: fc.constant('fail') }),
    fc.record({ kind: fc.constant('reorgs-while-read'), after: fc.nat(6) }),
    fc.record({ kind: fc.constant('scan'), steps: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('rescan'), steps: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('restart') }),
  ),
  { minLength: 5, maxLength: 60 },
)
const policies = fc.record({
  confirmations: fc.integer({ min: 1, max: 4 }),
  chunkBlocks: fc.integer({ min: 1, max: 4 }),
  chunksMax: fc.integer({ min: 1, max: 3 }),
  native: fc.constantFrom(
    {},
    { traceMethod: 'debug_traceBlockByHash' as const },
    { traceMethod: 'trace_block' as const },
  ),
})

test('whatever happens, once it is over each deposit of the chain is published exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(policies, happenings, async ({ native, ...policy }, story) => {
      const scan = memoryScan({ ...policy, ...native, reorgDepthMax: 1_000 })
      await tell(scan, story)

      scan.chain.meddle(undefined)
      scan.chain.lag(0)
      // So that every deposit of the chain is final, whatever an earlier and longer branch made so.
      scan.chain.mineEmpty(policy.confirmations)
      // What was read ahead while the node was away fails once more.
      await scan.settle().catch(() => scan.settle())

      expect(standing(scan)).toEqual(depositsOf(scan.chain.blocks(), 'traceMethod' in native))
      expectAlternation(scan)
    }),
    { numRuns: 300 },
  )
})

async function tell(scan: MemoryScan, story: readonly Happening[]): Promise<void> {
  let process = { scan: scan.scan, rescan: scan.rescan }
  let earlier = scan.chain.blocks()
  const quietly = async (step: () => Promise<unknown>) => void (await step().catch(() => undefined))
  for (const happening of story) {
    const { chain } = scan
    const { kind } = happening
    if (kind === 'mine') chain.mine(...payments(happening.payments))
    if (kind === 'reorg') {
      earlier = chain.blocks()
      reorg(scan, happening)
    }
    // The genesis block is never replaced, so both branches have it.
    if (kind === 'flip') {
      const now = chain.blocks()
      chain.flipTo(earlier)
      earlier = now
    }
    if (kind === 'lag') chain.lag(Math.min(happening.blocks, chain.blocks().length - 1))
    if (kind === 'fail') {
      chain.meddle(() => {
        throw new Error('the node is away')
      })
      await quietly(process.scan)
      chain.meddle(undefined)
    }
    if (kind === 'reorgs-while-read') {
      let calls = 0
      chain.meddle((_, answer) => {
        calls += 1
        if (calls === happening.after) reorg(scan, { depth: 1, longer: 1, keeps: true })
        return answer
      })
      await quietly(process.scan)
      chain.meddle(undefined)
    }
    if (kind === 'scan') for (let n = 0; n < happening.steps; n++) await quietly(process.scan)
    if (kind === 'rescan') {
      const checkpoint = (await scan.store.open())?.checkpoint
      if (checkpoint) scan.database.requestRescan(0n, checkpoint.number)
      for (let n = 0; n < happening.steps; n++) await quietly(process.rescan)
    }
    if (kind === 'restart') process = scan.start('one')
  }
}

/** Replaces blocks; what they held is mined again in reverse, or never. */
function reorg(
  { chain }: MemoryScan,
  { depth, longer, keeps }: { depth: number; longer: number; keeps: boolean },
): void {
  const undone = chain.blocks().slice(1).slice(-depth)
  const transactions = keeps ? undone.flatMap((block) => block.transactions).reverse() : []
  const branch = Array.from({ length: undone.length + longer }, () => payments(1))
  chain.reorg(undone.length, ...branch, [...transactions, ...payments(1)])
}

const payments = (count: number): FakeTransaction[] =>
  [payTokens([ALICE, 5n], [BOB, 6n]), payNative(BOB, 7n), payInside(BOB, 8n)].slice(0, count)

/** What was confirmed and not reversed since. */
function standing({ database }: MemoryScan): string[] {
  const confirmed = new Map<string, string>()
  for (const { type, id, amount } of database.events()) {
    const deposit = id.replace(/\/reversal$|#\d+(\/reversal)?$/, '')
    if (type === 'deposit.confirmed') confirmed.set(deposit, `${deposit} ${amount}`)
    else confirmed.delete(deposit)
  }
  return [...confirmed.values()].sort()
}

/** Ids of confirmations may repeat, as a rescan's do, but never without the same standing. */
function expectAlternation({ database }: MemoryScan): void {
  const open = new Map<string, string>()
  for (const { type, id } of database.events()) {
    const deposit = id.replace(/\/reversal$|#\d+(\/reversal)?$/, '')
    if (type === 'deposit.confirmed') {
      expect(open.get(deposit) ?? id).toBe(id)
      open.set(deposit, id)
    } else {
      expect(`${open.get(deposit)}/reversal`).toBe(id)
      open.delete(deposit)
    }
  }
}

/** The deposits of these blocks by the plainest reading there is. */
function depositsOf(blocks: readonly FakeBlock[], traced: boolean): string[] {
  const contract = ASSETS[1].contract
  return blocks
    .flatMap((block) => block.transactions)
    .flatMap(({ hash, to, value, logs, calls }) => {
      const id = `${CHAIN}:${hash}`
      if (to === contract) {
        return logs.map(({ data }, index) => `${id}:log:${index} ${BigInt(data)}`)
      }
      if (calls.length === 0) return [`${id}:value ${value}`]
      return traced ? [`${id}:trace:1 ${BigInt(calls[1]?.value ?? 0)}`] : []
    })
    .sort()
}
