import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import type { BalanceReader } from '../balance-ports.ts'
import { CHAIN, NATIVE, TUSD } from '../testing/fake-transfers.ts'
import { memoryScanDatabase } from '../testing/memory-scan-store.ts'
import { ALICE, BOB, block, hashOf, on, ownerOf, pay } from '../testing/scan-facts.ts'
import { proveBalances } from './prove-balances.ts'

/** What everybody has before the first block. */
const STOCK = 1_000n

/** A movement on the chain, whether a deposit was found of it or not. */
type Movement = {
  at: number
  holder: Address
  by: bigint
  asset?: AssetId
  /** Whether the token moved it without a log. */
  isSilent?: boolean
}

type Settings = { everyBlocks?: number; holdingsMax?: number; recheckMax?: number }

/** A chain whose scan has stored blocks from 10 on, and the proof of its balances. */
function proof({ everyBlocks = 1, holdingsMax = 9, recheckMax = 9 }: Settings = {}) {
  const database = memoryScanDatabase({ chain: CHAIN, start: 10n, ownerOf })
  const store = database.store('one')
  const movements: Movement[] = []
  const told: string[] = []
  const node = { goneBelow: 0n, isMute: false, canTell: true, asked: 0 }
  const total = (holder: Address, asset: AssetId, to: bigint, sign = 0) =>
    movements
      .filter((each) => each.holder === holder && (each.asset ?? TUSD) === asset)
      .filter(({ at }) => BigInt(at) <= to)
      .filter(({ by, isSilent }) => sign === 0 || (by < 0n && !isSilent))
      .reduce((sum, { by }) => sum + by, 0n)
  const balances: BalanceReader = {
    async balancesAt(asked) {
      node.asked += asked.length
      if (asked.some(({ block: { number } }) => number < node.goneBelow)) return undefined
      return asked.map(({ holding: { holder, asset }, block: { number } }) =>
        node.isMute ? null : STOCK + total(holder, asset, number),
      )
    },
    async sent({ holder, asset }, { after, to }) {
      if (!node.canTell) return null
      return total(holder, asset, after.number, -1) - total(holder, asset, to.number, -1)
    },
  }
  const step = proveBalances({
    ...{ balances, store, everyBlocks, holdingsMax, recheckMax },
    assets: [NATIVE, TUSD],
    observer: {
      proven: ({ to, holdings, open }) => told.push(`${to}: ${holdings} proven, ${open} open`),
      differs: ({ holder, from, to, base, detected, sent, found }) =>
        told.push(`${nameOf(holder)} ${from}-${to}: ${base} + ${detected} - ${sent} is ${found}`),
      skipped: ({ kind, from, to, holdings }) => told.push(`${kind} ${from}-${to}: ${holdings}`),
    },
  })
  let payments = 0
  return {
    ...{ database, store, movements, told, node, step },
    /** Scans block `at`, of which all is found that `found` names. */
    async scan(at: number, ...found: readonly [holder: Address, amount: bigint][]) {
      await store.open()
      const transfers = found.map(([to, amount]) => {
        movements.push({ at, holder: to, by: amount })
        payments += 1
        return pay(payments, at, { to, amount: units(amount) })
      })
      const parent = at === 10 ? null : block(at - 1)
      await store.advance(on(parent, [block(at)], transfers, at))
    },
  }
}

const nameOf = (holder: Address) => (holder === ALICE ? 'alice' : 'bob')

test('deposits explain what addresses have, from before the first one on', async () => {
  const { scan, step, told } = proof()
  await scan(10, [ALICE, 5n], [ALICE, 7n])
  expect(await step()).toBe('busy')
  await scan(11, [BOB, 1n])
  await scan(12, [ALICE, 2n])
  expect(await step()).toBe('busy')

  expect(await step()).toBe('idle')
  expect(told).toEqual(['10: 1 proven, 0 open', '12: 2 proven, 0 open'])
})

test('a deposit that was missed is a difference, named once', async () => {
  const { scan, step, told, movements } = proof()
  await scan(10, [ALICE, 5n])
  movements.push({ at: 10, holder: ALICE, by: 30n })
  await step()
  await scan(11, [ALICE, 1n])
  await step()

  expect(told).toEqual([
    'alice 9-10: 1000 + 5 - 0 is 1035',
    '10: 1 proven, 1 open',
    '11: 1 proven, 1 open',
  ])
})

test('what was missed of an address that nobody pays any more is found by proving it again', async () => {
  const { scan, step, told, movements } = proof()
  await scan(10, [ALICE, 5n])
  await step()
  movements.push({ at: 11, holder: ALICE, by: 30n })
  await scan(11)
  await step()

  expect(told.at(-2)).toBe('alice 10-11: 1005 + 0 - 0 is 1035')
})

test('what was sent explains less, and hides nothing that was missed', async () => {
  const { scan, step, told, movements } = proof()
  await scan(10, [ALICE, 5n], [BOB, 5n])
  await step()
  movements.push({ at: 11, holder: ALICE, by: -1_005n })
  movements.push({ at: 11, holder: BOB, by: 30n }, { at: 12, holder: BOB, by: -1_035n })
  await scan(11)
  await scan(12)
  await step()

  expect(told.slice(1)).toEqual(['bob 10-12: 1005 + 0 - 1035 is 0', '12: 2 proven, 1 open'])
})

test('less than was sent is a difference; where nobody can tell, only more is one', async () => {
  for (const canTell of [true, false]) {
    const { scan, step, told, movements, node } = proof()
    node.canTell = canTell
    await scan(10, [ALICE, 5n], [BOB, 5n])
    movements.push({ at: 10, holder: ALICE, by: -5n, isSilent: true })
    movements.push({ at: 10, holder: BOB, by: 3n })
    await step()

    expect(told.filter((line) => line.includes(' 9-10:'))).toEqual([
      ...(canTell ? ['alice 9-10: 1000 + 5 - 0 is 1000'] : []),
      'bob 9-10: 1000 + 5 - 0 is 1008',
    ])
  }
})

test('a rescan that finds what was missed closes the difference', async () => {
  const { scan, step, told, movements, store, database } = proof()
  await scan(10, [ALICE, 5n])
  movements.push({ at: 10, holder: ALICE, by: 30n })
  await step()
  const id = database.requestRescan(10n, 10n)
  const missed = pay(77, 10, { amount: units(30n) })
  await store.applyRescan({ id, blocks: [block(10)], transfers: [missed] })
  await scan(11)
  await step()

  expect(told.at(-1)).toBe('11: 1 proven, 0 open')
})

test('where the state before the first deposit is gone, what is there is taken as it is', async () => {
  const { scan, step, told, movements, node } = proof()
  node.goneBelow = 10n
  movements.push({ at: 9, holder: ALICE, by: 30n })
  await scan(10, [ALICE, 5n])
  await step()
  await scan(11, [ALICE, 1n])
  await step()

  expect(told).toEqual(['adopted 10-10: 1', '10: 1 proven, 0 open', '11: 1 proven, 0 open'])
})

test('where the state of the last final block is gone, it waits and loses nothing', async () => {
  const { scan, step, told, movements, node } = proof()
  await scan(10, [ALICE, 5n])
  await step()
  node.goneBelow = 99n
  movements.push({ at: 11, holder: ALICE, by: 30n })
  await scan(11, [ALICE, 1n])

  expect(await step()).toBe('idle')
  node.goneBelow = 0n
  expect(await step()).toBe('busy')

  expect(told.slice(1)).toEqual([
    'waiting 11-11: 1',
    'alice 10-11: 1005 + 1 - 0 is 1036',
    '11: 1 proven, 1 open',
  ])
})

test('a token that does not tell is named, and stops nothing', async () => {
  const { scan, step, told, node } = proof()
  await scan(10, [ALICE, 5n])
  await step()
  node.isMute = true
  await scan(11, [ALICE, 1n])

  expect(await step()).toBe('busy')
  expect(await step()).toBe('idle')
  expect(told.at(-2)).toBe('alice 10-11: 1005 + 1 - 0 is null')
})

test('many holdings are proven some at a time, each once', async () => {
  const { scan, step, told, node } = proof({ holdingsMax: 1, recheckMax: 0 })
  await scan(10, [ALICE, 5n], [BOB, 5n])
  await scan(11)

  expect([await step(), await step(), await step(), await step()]).toEqual([
    ...['busy', 'busy', 'busy'],
    'idle',
  ])
  expect(told).toEqual(['11: 1 proven, 0 open', '11: 1 proven, 0 open', '11: 0 proven, 0 open'])
  expect(node.asked).toBe(4)
})

test('it waits for as many blocks as it is told, for finality, and for what is owed', async () => {
  const { scan, step, told, store } = proof({ everyBlocks: 2 })
  expect(await step()).toBe('idle')
  await scan(10, [ALICE, 5n])
  expect(await step()).toBe('idle')
  await scan(11)
  await store.openGap({ kind: 'traces', fromBlock: 11n, toBlock: 11n, reason: 'slow' })
  expect(await step()).toBe('idle')
  await store.closeGaps({ kind: 'traces', fromBlock: 11n, toBlock: 11n })

  expect(await step()).toBe('busy')
  expect(told).toEqual(['11: 1 proven, 0 open'])
})

test('a latched chain is not proven, and after a branch was taken back it begins anew', async () => {
  const { scan, step, told, movements, store, database } = proof()
  await scan(10, [ALICE, 5n])
  await scan(11, [ALICE, 3n])
  await step()
  await store.latch('too deep')
  expect(await step()).toBe('idle')
  await database.latches.unlatch(CHAIN, {
    from: { number: 11n, hash: hashOf(11) },
    to: { number: 10n, hash: hashOf(10) },
  })
  movements.splice(1, 1)
  await store.open()
  await store.advance(on(block(10), [block(11.5), block(12.5, 11.5)], [], 12))

  expect(await step()).toBe('busy')
  expect(told.slice(1)).toEqual(['12: 1 proven, 0 open'])
})
