import { readBatch } from '@coffer/evm/testing/read-batch'
import { expect, test } from 'vitest'
import { memoryAudit } from '../testing/memory-audit.ts'
import { type MemoryScan, memoryScan } from '../testing/memory-scan.ts'
import { ATTEMPTS_MAX } from './audit-next-blocks.ts'

test('reads no more blocks in a second than it may', async () => {
  const scan = await scanned(9)
  let now = 0
  const settings = { rangeBlocks: 3, blocksPerSecondMax: 2 }
  const audit = memoryAudit(scan, { settings, nowMs: () => now })

  const at: number[] = []
  for (; now < 4_000; now += 500) if ((await audit.step()) === 'busy') at.push(now)

  expect(at).toEqual([0, 1_500, 3_000])
})

test('starts over only if it is told to', async () => {
  const scan = await scanned(2)
  const [once, again] = [
    memoryAudit(scan),
    memoryAudit(scan, { settings: { rangeBlocks: 2, repeat: true } }),
  ]

  await once.settle()
  expect([once.told, await once.step()]).toEqual([['to 2: nothing'], 'idle'])
  for (let step = 0; step < 4; step++) await again.step()

  expect(again.told).toEqual(['to 1: nothing', 'to 2: nothing', 'to 1: nothing', 'to 2: nothing'])
})

test('goes on where another process left off, and beside none that scans', async () => {
  const scan = await scanned(5)
  await memoryAudit(scan).step()
  const standby = memoryAudit(scan, { holder: 'two' })

  expect(await standby.step()).toBe('idle')
  scan.database.endLease()
  await standby.settle()

  expect(standby.told).toEqual(['to 5: nothing'])
})

test('does nothing while the chain is latched', async () => {
  const scan = await scanned(2)
  await scan.store.latch('an operator has to look')
  const audit = memoryAudit(scan)

  expect([await audit.step(), audit.told]).toEqual(['idle', []])
})

test('writes down a block that nobody can read, and audits the others', async () => {
  const scan = await scanned(4)
  const audit = memoryAudit(scan, { rpc: unreadable(scan, 1) })

  // One for all blocks together, and for the bad one all but the last.
  expect(await failures(audit.step)).toBe(1 + (ATTEMPTS_MAX - 1))

  expect(audit.told).toEqual(['to 0: nothing', 'to 1: unread', 'to 4: nothing'])
  const [gap] = await scan.database.gaps.list({}, { before: undefined, limit: 9 })
  expect(gap).toMatchObject({ kind: 'audit', fromBlock: 1n, toBlock: 1n })
  expect(gap?.reason).toMatch(/^It could not be audited: .*pruned/)
})

test('waits for endpoints that are away, however long', async () => {
  const scan = await scanned(3)
  const away = { ...scan.chain.honest, call: refused, batch: refused, read: refused }
  const audit = memoryAudit(scan, { rpc: away })

  for (let step = 0; step < 3 * ATTEMPTS_MAX; step++) {
    await expect(audit.step()).rejects.toThrow('connection refused')
  }

  expect(audit.told).toEqual([])
})

const refused = async () => {
  throw new Error('connection refused')
}

async function scanned(blocks: number): Promise<MemoryScan> {
  const scan = memoryScan()
  scan.chain.mineEmpty(blocks)
  await scan.settle()
  return scan
}

/** The chain's node, which has no receipts of the block at `height`. */
function unreadable({ chain }: MemoryScan, height: number) {
  const { hash } = chain.blocks()[height] ?? {}
  const batch: typeof chain.honest.batch = async (calls) => {
    if (calls.some(({ params }) => params[0] === hash)) throw new Error('pruned')
    return await chain.honest.batch(calls)
  }
  return { ...chain.honest, batch, read: readBatch('pruned', batch) }
}

/** How often `step` fails until it has nothing more to do. */
async function failures(step: () => Promise<'busy' | 'idle'>): Promise<number> {
  for (let failed = 0; ; ) {
    const result = await step().catch(() => 'failed')
    if (result === 'idle') return failed
    if (result === 'failed') failed += 1
  }
}
