import { expect, test } from 'vitest'
import { payTokens } from '../testing/fake-transfers.ts'
import { memoryScan } from '../testing/memory-scan.ts'
import { ALICE } from '../testing/scan-facts.ts'

test('leaves the store alone for a while as long as the node has the same head', async () => {
  const { scan, at, looks } = restingScan()
  await scan.settle()
  const before = looks()

  at(249)
  expect(await scan.scan()).toBe('idle')
  expect(looks()).toBe(before)
  at(250)
  expect(await scan.scan()).toBe('idle')

  expect(looks()).toBe(before + 1)
})

test('never rests where it is not told how long it may', async () => {
  const { scan, looks } = restingScan({})
  await scan.settle()
  const before = looks()

  await scan.scan()

  expect(looks()).toBe(before + 1)
})

test('scans a block that comes while it rests at once', async () => {
  const { scan } = restingScan()
  await scan.settle()

  scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()

  expect(scan.database.deposits()).toHaveLength(1)
})

test('makes final at once what a tag reaches while it rests', async () => {
  const { scan } = restingScan({ ...resting(), confirmations: 'finalized' })
  scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  expect(scan.database.events()).toEqual([])

  scan.chain.tag(1n)
  await scan.settle()

  expect(scan.database.events()).toHaveLength(1)
})

test('takes back a tip that is replaced by another of its height while it rests', async () => {
  const { scan } = restingScan()
  scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()

  scan.chain.reorg(1, [])
  await scan.settle()

  expect(scan.database.deposits()).toMatchObject([{ status: 'orphaned' }])
})

test('forgets a block that it began to read when its store can not be scanned', async () => {
  const failures = [async () => undefined, () => Promise.reject(new Error('the store is away'))]
  for (const fail of failures) {
    const { scan } = restingScan()
    await scan.settle()
    const { open } = scan.store
    scan.chain.mine(payTokens([ALICE, 5n]))
    scan.store.open = fail
    await scan.scan().catch(() => undefined)
    scan.store.open = open

    scan.chain.reorg(1, [])
    await scan.settle()

    expect(scan.database.deposits()).toEqual([])
  }
})

let nowMs = 0
const resting = () => ({ rest: { clock: { nowMs: () => nowMs }, ms: 250 } })

/** A scan that may rest for 250 ms, and how often it has looked at its store. */
function restingScan(settings: Parameters<typeof memoryScan>[0] = resting()) {
  nowMs = 0
  const scan = memoryScan(settings)
  const { open } = scan.store
  let looks = 0
  scan.store.open = () => {
    looks += 1
    return open()
  }
  return { scan, looks: () => looks, at: (ms: number) => (nowMs = ms) }
}
