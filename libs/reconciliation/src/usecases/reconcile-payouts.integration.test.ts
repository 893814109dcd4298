import { randomUUID } from 'node:crypto'
import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { type Address, parseAddress } from '@coffer/evm/address'
import { type TxHash, txHash } from '@coffer/evm/hash'
import { encodeFunctionData } from 'viem'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import type { PaidPayout, PayoutQuery } from '../chain-ports.ts'
import { reconciledAnvil } from '../testing/reconciled-anvil.ts'
import {
  type ReconciliationDatabase,
  reconciliationDatabase,
} from '../testing/reconciliation-database.ts'

const MADE_UP = txHash(`0x${'12'.repeat(32)}`)
const HOUR_MS = 3_600_000

const paid: (PaidPayout & { blockNumber: bigint })[] = []
const chain = await reconciledAnvil({ payouts: readPaid })
const { node, sent } = chain
const [ETH] = chain.assets

let database: ReconciliationDatabase

beforeEach(async () => {
  paid.length = 0
  database = await reconciliationDatabase()
  database.setNow(new Date())
})
afterEach(() => database[Symbol.asyncDispose]())
afterAll(() => chain[Symbol.asyncDispose]())

test('what was paid is held against its transaction, by the page, and agrees', async () => {
  const [ann, bob] = [stranger(), stranger()]
  const amounts = [3n, 4n]
  const data = encodeFunctionData({
    ...{ abi: batchPayerAbi, functionName: 'payNative', args: [[ann, bob], amounts] },
  })
  const batch = await sent({ to: parseAddress(chain.contracts.batchPayer), value: 7n, data })
  completed({ to: ann, amount: 3n, hash: batch })
  completed({ to: bob, amount: 4n, hash: batch })
  const single = await sent({ to: ann, value: 5n })
  completed({ to: ann, amount: 5n, hash: single })

  const { counts } = await run()

  expect(await database.open()).toEqual([])
  expect(counts).toMatchObject({ checked: 3 + 3, opened: 0 })
})

test('what its transaction did not pay is named with both amounts, until it is put right', async () => {
  const [ann, bob, eve] = [stranger(), stranger(), stranger()]
  const hash = await sent({ to: ann, value: 5n })
  const made = completed({ to: ann, amount: 5n, hash: MADE_UP })
  const more = completed({ to: ann, amount: 6n, hash })
  const other = completed({ to: bob, amount: 5n, hash: await sent({ to: eve, value: 5n }) })

  await run()
  const named = await database.open()
  change(more, { amount: 5n })
  await run()

  const [first, second, third] = [made, more, other].map((id) => {
    return `payout_without_transaction: withdrawal:${id}`
  })
  expect(named).toEqual([first, second, third].sort())
  expect(await database.open()).toEqual([first, third].sort())
})

test('the hourly run looks at what was paid since the last, and the daily one at all', async () => {
  await run()
  const to = stranger()
  const ended = (agoMs: number) => new Date(Date.now() - agoMs)
  const old = completed({ to, amount: 5n, hash: MADE_UP, endedAt: ended(3 * HOUR_MS) })
  const late = completed({ to, amount: 5n, hash: MADE_UP, endedAt: ended(HOUR_MS / 2) })

  await run()
  const hourly = await database.open()
  await run({ isWhole: true })

  const name = (id: string) => `payout_without_transaction: withdrawal:${id}`
  expect(hourly).toEqual([name(late)])
  expect(await database.open()).toEqual([name(old), name(late)].sort())
})

test('what is paid in a later block than the run looks at is left to a later one', async () => {
  const id = completed({ to: stranger(), amount: 5n, hash: MADE_UP, blockNumber: 10n ** 9n })

  await run()
  const early = await database.open()
  change(id, { blockNumber: 1n })
  await run()

  expect(early).toEqual([])
  expect(await database.open()).toEqual([`payout_without_transaction: withdrawal:${id}`])
})

const stranger = (): Address => parseAddress(`0x${randomUUID().replaceAll('-', '')}00000000`)

/** Runs once the newest block is behind the one that is looked at. */
async function run(options?: { isWhole: boolean }) {
  await node.mine(3)
  return await chain.run(database, options)
}

type Completed = {
  to: Address
  amount: bigint
  hash: TxHash
  endedAt?: Date
  blockNumber?: bigint
}

/** A payout that is held to be paid for good; answers its id. */
function completed({ to, amount, hash, endedAt = new Date(), blockNumber = 1n }: Completed) {
  const id = randomUUID()
  paid.push({ id, asset: ETH.id, to, amount, txHash: hash, endedAt, blockNumber })
  return id
}

function change(id: string, facts: Partial<(typeof paid)[number]>): void {
  const found = paid.find((each) => each.id === id)
  if (found) Object.assign(found, facts)
}

/** What was paid, as those tell who pay. */
async function readPaid({ since, until, after, limit }: PayoutQuery): Promise<PaidPayout[]> {
  const place = ({ endedAt, id }: { endedAt: Date; id: string }) => `${endedAt.toISOString()} ${id}`
  return paid
    .filter(({ blockNumber }) => blockNumber <= until)
    .filter(({ endedAt }) => since === undefined || endedAt >= since)
    .filter((each) => after === undefined || place(each) > place(after))
    .toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
    .slice(0, limit)
}
