import { expect, test } from 'vitest'
import { type FakeChain, type FakeTransaction, fakeTransaction } from '../testing/fake-chain.ts'
import { ASSETS, payInside, payNative, payTokens } from '../testing/fake-transfers.ts'
import { type MemoryScan, type MemoryScanSettings, memoryScan } from '../testing/memory-scan.ts'
import { ALICE, BOB } from '../testing/scan-facts.ts'

const METHOD = 'debug_traceBlockByHash'

const lane = (settings: MemoryScanSettings = {}) =>
  memoryScan({ traceMethod: METHOD, tracesLater: true, ...settings })

/** Everything that is owed is read. */
async function traceAll({ trace }: Pick<MemoryScan, 'trace'>): Promise<void> {
  for (let steps = 0; (await trace()) === 'busy'; steps++) {
    if (steps > 1_000) throw new Error('What is owed does not come to an end.')
  }
}

const amounts = ({ database }: MemoryScan, ...wanted: readonly string[]) =>
  database
    .deposits()
    .filter(({ status }) => wanted.length === 0 || wanted.includes(status))
    .map(({ amount }) => amount)

async function owed({ database }: MemoryScan): Promise<string[]> {
  const gaps = await database.gaps.list({ isOpen: true }, { before: undefined, limit: 99 })
  return gaps.map(({ fromBlock, toBlock }) => `${fromBlock}-${toBlock}`)
}

const story = (): FakeTransaction[][] => [
  [payTokens([ALICE, 1n]), payNative(ALICE, 2n)],
  [],
  [payInside(BOB, 3n), payTokens([BOB, 4n])],
  [fakeTransaction({ created: BOB, value: 5n }), payNative(BOB, 6n)],
]

const mine = (chain: FakeChain, blocks: readonly (readonly FakeTransaction[])[]) => {
  for (const transactions of blocks) chain.mine(...transactions)
}

test('tokens are found at once, coin behind them, and nothing else than without a lane', async () => {
  const [later, now] = [lane(), memoryScan({ traceMethod: METHOD })]
  const blocks = story()
  for (const { chain } of [later, now]) mine(chain, blocks)

  await later.settle()
  expect(amounts(later)).toEqual([1n, 4n])
  expect(await owed(later)).toEqual(['0-4'])
  await traceAll(later)
  await now.settle()

  expect(await owed(later)).toEqual([])
  expect(facts(later)).toEqual(facts(now))
  expect(amounts(later, 'final')).toHaveLength(6)
})

test('another process works off what one that died has left', async () => {
  const scan = lane()
  mine(scan.chain, story())
  await scan.settle()
  scan.database.endLease()

  await traceAll(scan.start('two'))

  expect(amounts(scan, 'final').sort()).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
})

test('what is owed is worked off when calls are not left for later any more', async () => {
  const scan = lane()
  mine(scan.chain, story())
  await scan.settle()
  scan.database.endLease()
  const other = scan.start('two', undefined, { assets: ASSETS })
  mine(scan.chain, [[payNative(ALICE, 7n)]])

  while ((await other.scan()) === 'busy');
  expect(amounts(scan)).toEqual([1n, 4n, 7n])
  expect(await owed(scan)).toEqual(['0-4'])
  await traceAll(other)

  expect(amounts(scan, 'final').sort()).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n])
})

test('a reorg takes back what was found, and what is owed above it is cut', async () => {
  const scan = lane()
  mine(scan.chain, [[payNative(ALICE, 1n)], [payInside(ALICE, 2n)], [payNative(ALICE, 3n)]])
  await scan.settle()
  await scan.trace()
  await traceAll(scan)
  scan.chain.mine(payNative(BOB, 4n))
  await scan.settle()
  expect(await owed(scan)).toEqual(['4-4'])

  scan.chain.reorg(3, [payNative(BOB, 5n)], [], [payInside(BOB, 6n)], [])
  await scan.settle()
  await traceAll(scan)

  expect(amounts(scan, 'orphaned')).toEqual([2n, 3n])
  expect(amounts(scan, 'final')).toEqual([1n, 5n, 6n])
  expect(scan.database.events().filter(({ type }) => type === 'deposit.reversed')).toHaveLength(2)
})

test('a branch that is gone by the time its calls are read brings nothing', async () => {
  const scan = lane()
  mine(scan.chain, [[], [payInside(ALICE, 2n)]])
  await scan.settle()
  scan.chain.reorg(1, [payInside(BOB, 3n)], [])

  await expect(scan.trace()).rejects.toThrow(/not on the stored chain/)
  expect(await owed(scan)).toEqual(['0-2'])
  await scan.settle()
  await traceAll(scan)

  expect(amounts(scan)).toEqual([3n])
})

test('the scan goes on while the node has no calls to tell, and they are found when it has', async () => {
  const scan = lane()
  scan.chain.meddle(({ method }, answer) => (method === METHOD ? null : answer))
  mine(scan.chain, story())

  await scan.settle()
  await expect(scan.trace()).rejects.toThrow(/missing/)
  for (let times = 0; times < 9; times++) await scan.trace().catch(() => undefined)
  mine(scan.chain, [[payTokens([ALICE, 8n])]])
  await scan.settle()
  expect(amounts(scan)).toEqual([1n, 4n, 8n])
  scan.chain.meddle(undefined)
  await traceAll(scan)

  expect(amounts(scan, 'final')).toHaveLength(7)
})

test('one block without calls holds up no other, and stays owed', async () => {
  const scan = lane({ chunkBlocks: 4 })
  mine(scan.chain, [[payNative(ALICE, 1n)], [payNative(ALICE, 2n)], [payNative(ALICE, 3n)]])
  mine(scan.chain, [[payNative(ALICE, 4n)], [], [payNative(ALICE, 5n)]])
  const bad = scan.chain.blocks()[2]?.hash
  scan.chain.meddle(({ method, params }, answer) =>
    method === METHOD && params[0] === bad ? [] : answer,
  )
  await scan.settle()

  for (let steps = 0; steps < 30; steps++) await scan.trace().catch(() => undefined)
  expect(amounts(scan).sort()).toEqual([1n, 3n, 4n, 5n])
  expect(await owed(scan)).toEqual(['2-2'])
  const [gap] = await scan.database.gaps.list({ isOpen: true }, { before: undefined, limit: 1 })
  expect(gap?.lastError).toMatch(/0 traces for 1 transactions/)

  scan.chain.meddle(undefined)
  await traceAll(scan)
  expect(amounts(scan).sort()).toEqual([1n, 2n, 3n, 4n, 5n])
})

test('more blocks are read at once while all goes well, fewer where it does not', async () => {
  const scan = lane({ chunkBlocks: 9 })
  scan.chain.mineEmpty(60)
  await scan.settle()
  scan.told.length = 0
  await traceAll(scan)
  const sizes = scan.told.map((text) => Number(/^traced (\d+)/.exec(text)?.[1]))

  expect(sizes[0]).toBe(4)
  expect(Math.max(...sizes)).toBeGreaterThan(4)

  scan.chain.mine(payNative(ALICE, 1n))
  scan.chain.mineEmpty(30)
  await scan.settle()
  scan.told.length = 0
  let failures = 2
  scan.chain.meddle(({ method }, answer) => (method === METHOD && failures-- > 0 ? null : answer))
  await expect(scan.trace()).rejects.toThrow(/missing/)
  await expect(scan.trace()).rejects.toThrow(/missing/)
  await scan.trace()

  expect(scan.told[0]).toMatch(/^traced [12],/)
})

test('a node that was away for long is not asked for little for ever', async () => {
  const scan = lane({ chunkBlocks: 9 })
  scan.chain.mine(payNative(ALICE, 1n))
  for (let block = 0; block < 60; block++) scan.chain.mine(payNative(BOB, 1n))
  await scan.settle()
  scan.chain.meddle(({ method }, answer) => (method === METHOD ? null : answer))
  for (let times = 0; times < 20; times++) await scan.trace().catch(() => undefined)
  scan.chain.meddle(undefined)
  scan.told.length = 0

  await traceAll(scan)

  const sizes = scan.told.map((text) => Number(/^traced (\d+)/.exec(text)?.[1]))
  expect(Math.max(...sizes)).toBeGreaterThan(1)
})

test('a rescan reads calls too, and the lane finds nothing twice', async () => {
  const scan = lane()
  mine(scan.chain, story())
  await scan.settle()
  scan.database.requestRescan(0n, 4n)
  while ((await scan.rescan()) === 'busy');
  expect(amounts(scan, 'final')).toHaveLength(6)
  const events = scan.database.events()

  await traceAll(scan)

  expect(await owed(scan)).toEqual([])
  expect(amounts(scan, 'final')).toHaveLength(6)
  expect(scan.database.events()).toEqual(events)
})

test('what producers earn is found by the lane alone, once', async () => {
  const scan = lane()
  const producer = { producer: ALICE, transactions: [fakeTransaction({ to: BOB, tip: 1n })] }
  scan.chain.mineBlock(producer)
  await scan.settle()
  expect(amounts(scan)).toEqual([])

  await traceAll(scan)

  expect(scan.database.deposits()).toMatchObject([{ reason: 'coinbase', amount: 21_000n }])
})

test('nothing is read without the lease, nor while the chain is latched', async () => {
  const scan = lane()
  mine(scan.chain, story())
  await scan.settle()

  expect(await scan.start('two').trace()).toBe('idle')
  await scan.store.latch('too deep')
  expect(await scan.trace()).toBe('idle')
  expect(await owed(scan)).toEqual(['0-4'])
})

/** What is stored, but for the order in which it was found. */
const facts = ({ database }: MemoryScan) =>
  database
    .deposits()
    .map(({ id, owner, amount, status, revision }) => [id, owner, amount, status, revision].join())
    .sort()
