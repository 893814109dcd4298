import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { UNLISTED_MAX } from '../domain/detect-transfers.ts'
import type { GapReader } from '../gap-ports.ts'
import {
  type FakeChain,
  fakeAddress,
  fakeChain,
  fakeTransaction,
  type Meddler,
} from '../testing/fake-chain.ts'
import { CHAIN, payInside, payNative, payTokens, transferLog } from '../testing/fake-transfers.ts'
import { memoryAudit } from '../testing/memory-audit.ts'
import { type MemoryScan, memoryScan } from '../testing/memory-scan.ts'
import { ALICE, BOB } from '../testing/scan-facts.ts'

test('finds nothing where the scan missed nothing, and stands at the last final block', async () => {
  const scan = memoryScan({ confirmations: 2 })
  for (const height of [1n, 2n, 3n, 4n]) {
    scan.chain.mine(payTokens([ALICE, height], [BOB, 7n]), payNative(BOB, height))
  }
  await scan.settle()
  const before = [scan.database.deposits(), scan.database.events()]
  const audit = memoryAudit(scan)

  await audit.settle()

  expect(audit.told).toEqual(['to 2: nothing', 'to 3: nothing'])
  expect([scan.database.deposits(), scan.database.events()]).toEqual(before)
  expect(await audit.step()).toBe('idle')
})

test('credits once what a node hid from the scan, and tells that it was missed', async () => {
  const scan = memoryScan()
  scan.chain.meddle(withoutValue)
  const block = scan.chain.mine(payNative(ALICE, 5n), payTokens([BOB, 3n]))
  scan.chain.mineEmpty(1)
  await scan.settle()
  expect(scan.database.deposits()).toHaveLength(1)
  const audit = memoryAudit(scan)

  await audit.settle()
  await memoryAudit(scan).settle()

  const hidden = `${CHAIN}:${block.transactions[0]?.hash}:value`
  expect(audit.told).toEqual(['to 2: missed'])
  const [stored, ...others] = scan.database.deposits().filter(({ id }) => id === hidden)
  expect([stored, others]).toMatchObject([{ status: 'final', amount: 5n }, []])
  expect(scan.database.events().filter(({ id }) => id === hidden)).toHaveLength(1)
  expect(await reasons(scan.database.gaps)).toEqual([
    `audit 1: The scan had missed ${hidden}. It is stored now.`,
  ])
})

test('names what is stored otherwise, or without being on the chain, and leaves it', async () => {
  const scan = memoryScan()
  const { transactions } = scan.chain.mine(payTokens([ALICE, 5n]), payTokens([BOB, 6n]))
  scan.chain.mineEmpty(1)
  await scan.settle()
  const [first, second] = transactions.map(({ hash }) => `${CHAIN}:${hash}:log:0`) as [
    string,
    string,
  ]
  await scan.database.tamper.setAmount(first, units(500n))
  const forged = `${CHAIN}:0x${'f'.repeat(64)}:log:0`
  await scan.database.tamper.rename(second, forged)
  const before = scan.database.deposits()
  const audit = memoryAudit(scan)

  await audit.settle()

  expect(audit.told).toEqual(['to 2: differs, missed, unfounded'])
  expect(scan.database.deposits().slice(0, before.length)).toEqual(before)
  expect(await reasons(scan.database.gaps)).toEqual([
    `audit 1: Stored otherwise than the chain shows it: ${first} (amount 500 instead of 5).`,
    `audit 1: The scan had missed ${second}. It is stored now.`,
    `audit 1: Stored, and the chain does not show it: ${forged}.`,
  ])
})

test('stores a block again whose row is gone, and finds what is missing in it', async () => {
  const scan = memoryScan()
  const { number, transactions } = scan.chain.mine(payTokens([ALICE, 5n]))
  scan.chain.mineEmpty(3)
  await scan.settle()
  await scan.database.tamper.forgetBlock(number)
  await scan.database.tamper.forgetBlock(number + 1n)
  await scan.database.tamper.forgetDeposit(`${CHAIN}:${transactions[0]?.hash}:log:0`)
  const audit = memoryAudit(scan)

  await audit.settle()

  expect(audit.told).toEqual(['to 2: block_restored, block_restored, missed', 'to 4: nothing'])
  expect(await scan.store.storedBlocks(0n, 9n)).toHaveLength(5)
  expect(scan.database.deposits()).toMatchObject([{ status: 'final' }])
})

test('says of a row that is gone and that nothing proves that it is owed', async () => {
  const scan = memoryScan()
  scan.chain.mineEmpty(3)
  await scan.settle()
  await scan.database.tamper.forgetBlock(3n)

  await memoryAudit(scan).settle()

  expect(await reasons(scan.database.gaps)).toEqual([
    `blocks 3: Not stored between blocks that are: ${scan.chain.blocks()[3]?.hash}.`,
  ])
})

test('calls a deposit late whose address was registered after its block was scanned', async () => {
  const scan = memoryScan({ watched: [BOB] })
  scan.chain.mine(payTokens([ALICE, 5n], [BOB, 6n]))
  scan.chain.mineEmpty(1)
  await scan.settle()
  const registered = { owner: 'alice', watchedFrom: 2n, registeredAt: new Date() }
  const audit = memoryAudit(scan)
  scan.database.register(ALICE, registered)

  await audit.settle()

  expect(audit.told).toEqual(['to 2: late'])
  expect(scan.database.deposits()).toHaveLength(2)
  expect(await reasons(scan.database.gaps)).toEqual([])
})

test('takes no more of a transaction of unlisted tokens than is kept, whoever they are sent to', async () => {
  const unlisted = { address: fakeAddress(0xbad) }
  const logs = [ALICE, BOB].flatMap((to) =>
    Array.from({ length: UNLISTED_MAX }, () => transferLog(to, 1n, unlisted)),
  )
  const scan = memoryScan({ watched: [BOB] })
  scan.chain.mine(fakeTransaction({ to: unlisted.address, logs }))
  scan.chain.mineEmpty(1)
  await scan.settle()
  expect(scan.database.deposits()).toHaveLength(UNLISTED_MAX)
  const audit = memoryAudit(scan)

  await audit.settle()

  expect(audit.told).toEqual(['to 2: nothing'])
  expect(scan.database.deposits()).toHaveLength(UNLISTED_MAX)
})

test('asks no other kind of reading for what only the first one shows', async () => {
  const scan = memoryScan({ traceMethod: 'trace_block' })
  scan.chain.mine(payInside(ALICE, 5n))
  scan.chain.mineEmpty(1)
  await scan.settle()
  expect(scan.database.deposits()).toHaveLength(1)

  const [same, without] = [memoryAudit(scan, { traceMethod: 'trace_block' }), memoryAudit(scan)]
  await same.settle()
  expect(same.told).toEqual(['to 2: nothing'])
  await rewind(scan)
  await without.settle()

  expect(without.told).toEqual(['to 2: nothing'])
})

test('leaves a reorg to the scan that follows it', async () => {
  const scan = memoryScan({ confirmations: 1 })
  scan.chain.mineEmpty(3)
  scan.chain.mine(payTokens([ALICE, 5n]))
  await scan.settle()
  const audit = memoryAudit(scan)
  scan.chain.reorg(2, [], [payTokens([BOB, 6n])], [])

  await audit.settle()
  expect(audit.told).toEqual(['to 2: nothing'])
  await scan.settle()
  await audit.settle()

  expect(audit.told.slice(1)).toEqual(['to 5: nothing'])
  expect(await reasons(scan.database.gaps)).toEqual([])
})

test('is not stopped by an endpoint that is alone in its opinion', async () => {
  const scan = memoryScan({ reorgDepthMax: 2 })
  scan.chain.mineEmpty(6)
  await scan.settle()
  const other = anotherChain()
  const agreedHash = async (height: bigint) => scan.chain.blocks()[Number(height)]?.hash
  const lying = memoryAudit(scan, { rpc: other.honest, agreedHash, reorgDepthMax: 2 })

  expect(await lying.step()).toBe('idle')

  expect([lying.told, lying.distrusted]).toEqual([[], 1n])
  expect((await scan.store.open())?.latched).toBeNull()
})

test('latches the chain when two hosts have another block where no reorg may reach', async () => {
  const scan = memoryScan({ reorgDepthMax: 2 })
  scan.chain.mineEmpty(6)
  await scan.settle()
  const other = anotherChain()
  const agreedHash = async (height: bigint) => other.blocks()[Number(height)]?.hash
  const audit = memoryAudit(scan, { rpc: other.honest, agreedHash, reorgDepthMax: 2 })

  await audit.step()

  const { latched } = (await scan.store.open()) ?? {}
  expect(latched).toContain(`two endpoints have ${other.blocks()[0]?.hash} at height 0`)
  expect(await audit.step()).toBe('idle')
})

test('writes down another block that the only other endpoint has, and goes on', async () => {
  const scan = memoryScan({ reorgDepthMax: 2 })
  scan.chain.mine(payTokens([ALICE, 5n]))
  scan.chain.mineEmpty(6)
  await scan.settle()
  const other = anotherChain()
  const audit = memoryAudit(scan, { rpc: other.honest, reorgDepthMax: 2 })

  await audit.step()

  expect(audit.told).toEqual(['to 2: block_differs, block_differs, block_differs'])
  expect((await scan.store.open())?.latched).toBeNull()
  expect(scan.database.deposits()).toMatchObject([{ amount: 5n, status: 'final' }])
  expect(await reasons(scan.database.gaps)).toHaveLength(3)
})

/** Every transaction says that it carries nothing. */
const withoutValue: Meddler = ({ method }, answer) =>
  method === 'eth_getTransactionByHash' ? { ...(answer as object), value: '0x0' } : answer

/** A chain that has no block in common with any other here. */
function anotherChain(): FakeChain {
  const chain = fakeChain()
  chain.reorg(1, ...Array.from({ length: 9 }, () => [payTokens([BOB, 9n])]))
  return chain
}

/** Lets the audit begin anew. */
async function rewind({ database, store }: MemoryScan): Promise<void> {
  await store.open()
  const { next } = await store.auditPosition()
  const nothing = { canonical: [], proven: [], absent: [], findings: [] }
  await store.applyAudit({ next, to: -1n, ...nothing })
  expect(await database.gaps.counts()).toEqual([])
}

async function reasons(gaps: GapReader): Promise<string[]> {
  const found = await gaps.list({}, { before: undefined, limit: 99 })
  return found.map(({ kind, fromBlock, reason }) => `${kind} ${fromBlock}: ${reason}`).reverse()
}
