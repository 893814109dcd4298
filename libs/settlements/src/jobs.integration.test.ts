import { randomUUID } from 'node:crypto'
import { parseAssetId } from '@coffer/money/asset'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresSettings } from './adapters/postgres-settings.ts'
import { postgresSettlementRequests } from './adapters/postgres-settlement-requests.ts'
import { postgresSettling } from './adapters/postgres-settling.ts'
import { daysAfter, type SettlementSettings } from './domain/settlement-terms.ts'
import { jobOf, settlementJobs } from './jobs.ts'
import {
  NOW,
  paid,
  type SettlementsDatabase,
  settlementsDatabase,
  USD,
} from './testing/settlements-database.ts'

let room: SettlementsDatabase
let merchantId: string
let settling: ReturnType<typeof postgresSettling>

beforeAll(async () => {
  room = await settlementsDatabase({ threshold: 100n })
  settling = postgresSettling({ ...room, defaults: room.terms })
})
afterAll(() => room[Symbol.asyncDispose]())
beforeEach(() => {
  merchantId = randomUUID()
  room.clock.at = NOW
})

const key = () => ({ merchantId, asset: USD })
const choose = (settings: SettlementSettings) =>
  postgresSettings(room.postgres).put(merchantId, settings, NOW)
const pay = async (amount: bigint) => {
  await room.book(paid(merchantId, amount))
  await room.hear()
}
/** What is due at a moment, of what this test has made. */
const dueAt = async (at: Date, ids: readonly string[]) =>
  (await settling.due(at, 1_000)).filter(({ id }) => ids.includes(id))
const settled = () => room.reader.list({ merchantId, limit: 10 })

test('what matures is due when it does, and is settled then', async () => {
  await choose({ holdBackDays: 3 })
  await pay(150n)
  const job = jobOf.tally(key())
  const before = await dueAt(daysAfter(NOW, 2), [job])
  room.clock.at = daysAfter(NOW, 3)

  const due = await dueAt(room.clock.at, [job])
  await settlementJobs(settling)(job)

  expect(before).toEqual([])
  expect(due).toEqual([{ id: job, dueAt: room.clock.at }])
  expect(await settled()).toMatchObject([{ amount: 150n, cause: 'threshold' }])
  expect(await dueAt(room.clock.at, [job])).toEqual([])
})

test('what a batch left unsettled is due at once, and by the threshold of its asset', async () => {
  const job = jobOf.tally(key())
  await choose({ thresholds: { [USD]: 200n, [parseAssetId('sandbox:1/iso4217:EUR')]: 1n } })
  await pay(150n)
  const belowIts = await dueAt(NOW, [job])
  await choose({})

  const due = await dueAt(NOW, [job])
  await settlementJobs(settling)(job)

  expect(belowIts).toEqual([])
  expect(due).toEqual([{ id: job, dueAt: undefined }])
  expect(await settled()).toHaveLength(1)
})

test('settles by schedule each day, once a day, also less than the threshold', async () => {
  const job = jobOf.schedule(merchantId)
  const first = new Date('2026-11-22T02:00:00Z')
  await choose({ dailyAt: '02:00' })
  await pay(7n)
  expect(await dueAt(NOW, [job])).toEqual([])
  room.clock.at = first

  expect(await dueAt(first, [job])).toEqual([{ id: job, dueAt: first }])
  await Promise.all([settlementJobs(settling)(job), settlementJobs(settling)(job)])
  await pay(5n)
  await settlementJobs(settling)(job)

  expect(await settled()).toMatchObject([{ amount: 7n, cause: 'schedule' }])
  const next = daysAfter(first, 1)
  expect(await dueAt(next, [job])).toEqual([{ id: job, dueAt: next }])
})

test('answers a request once, and one that is made twice is one', async () => {
  const requests = postgresSettlementRequests(room.postgres)
  await pay(7n)

  const [one, other] = await Promise.all([requests.make(key(), NOW), requests.make(key(), NOW)])
  const job = jobOf.request(one.id)
  const due = await dueAt(NOW, [job])
  await settlementJobs(settling)(job)
  await pay(5n)
  await settlementJobs(settling)(job)

  expect(other).toEqual(one)
  expect(due).toEqual([{ id: job, dueAt: NOW }])
  expect(await settled()).toMatchObject([{ amount: 7n, cause: 'request' }])
  expect((await requests.make(key(), NOW)).id).not.toBe(one.id)
})

test('a reserve is due when its time is over', async () => {
  await choose({ reserveBasisPoints: 5_000, reserveDays: 9 })
  await pay(201n)
  const [settlement] = await settling.settle([key()], 'threshold')
  const job = jobOf.release(settlement?.id ?? '')
  room.clock.at = daysAfter(NOW, 9)
  const due = await dueAt(room.clock.at, [job])

  await settlementJobs(settling)(job)

  expect(due).toEqual([{ id: job, dueAt: room.clock.at }])
  expect(await room.holdings(merchantId)).toEqual({ pending: 0n, available: 201n, reserve: 0n })
  expect(await dueAt(room.clock.at, [job])).toEqual([])
})

test('says what it does not know', async () => {
  await expect(settlementJobs(settling)('sweep:1')).rejects.toThrow('"sweep:1"')
})
