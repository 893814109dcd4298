import { randomUUID } from 'node:crypto'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresSettings } from '../adapters/postgres-settings.ts'
import type { SettlementLine } from '../domain/settlement-line.ts'
import { daysAfter } from '../domain/settlement-terms.ts'
import {
  NOW,
  paid,
  refunded,
  type SettlementsDatabase,
  settlementsDatabase,
  USD,
} from '../testing/settlements-database.ts'
import { releaseReserve } from './release-reserve.ts'
import { SettlementRefusedError, settleTallies } from './settle-tallies.ts'

let room: SettlementsDatabase
let merchantId: string
let payment: string

beforeAll(async () => {
  room = await settlementsDatabase({ threshold: 100n, reserveBasisPoints: 1_000 })
})
afterAll(async () => {
  expect(await checkLedger(room.postgres)).toEqual([])
  await room[Symbol.asyncDispose]()
})
beforeEach(() => {
  merchantId = randomUUID()
  payment = randomUUID()
  room.clock.at = NOW
})

const settleAll = (cause: 'threshold' | 'request' = 'threshold') =>
  room.settle([{ merchantId, asset: USD }], cause)
const choose = (holdBackDays: number) =>
  postgresSettings(room.postgres).put(merchantId, { holdBackDays }, NOW)
const announcedOf = async (id: string) =>
  (await room.announced()).filter((event) => event.id.startsWith(`settlement:${id}`))

test('settles at the threshold, keeps the reserve back, and announces it', async () => {
  await room.book(paid(merchantId, 60n))
  await room.hear()
  expect(await settleAll()).toEqual([])
  await room.book(paid(merchantId, 45n))
  await room.hear()

  const [settlement] = await settleAll()

  expect(settlement).toMatchObject({ amount: 105n, reserve: 10n, lines: 2, cause: 'threshold' })
  expect(await room.holdings(merchantId)).toEqual({ pending: 0n, available: 95n, reserve: 10n })
  const announced = await announcedOf(settlement?.id ?? '')
  const facts = { settlementId: settlement?.id, merchantId, amount: 105n, transactions: 2 }
  expect(announced.map(({ type }) => type)).toEqual(['settlement.created', 'settlement.completed'])
  expect(announced[1]?.data).toMatchObject({ ...facts, reserve: 10n, asset: USD })
  expect(await settleAll()).toEqual([])
})

test('adds up each transaction once, whatever comes again and in whatever order', async () => {
  const one = paid(merchantId, 70n, { payment })
  await room.book(one, paid(merchantId, 50n), refunded(merchantId, 20n, { payment }))
  const events = await room.news()

  await room.record([...events.toReversed(), ...events])
  await Promise.all([room.record(events), room.record(events.slice(1))])
  const [settlement] = await settleAll()
  await room.record(events)

  expect(settlement).toMatchObject({ amount: 100n, lines: 3 })
  expect(await settleAll('request')).toEqual([])
})

test('is not fed by what settlements themselves book', async () => {
  await room.book(paid(merchantId, 100n))
  await room.hear()
  await settleAll()

  await room.hear()
  await room.book(paid(merchantId, 100n))
  await room.hear()

  expect(await settleAll()).toMatchObject([{ amount: 100n, lines: 1, carriedIn: 0n }])
})

test('settles less than the threshold when it is asked to, and nothing of nothing', async () => {
  await room.book(paid(merchantId, 7n))
  await room.hear()

  expect(await settleAll('request')).toMatchObject([{ amount: 7n, cause: 'request' }])
  expect(await settleAll('request')).toEqual([])
})

test('settles what the ledger has when a refund is not known so far, and nothing is stuck', async () => {
  await room.book(paid(merchantId, 150n, { payment }))
  await room.hear()
  await room.book(refunded(merchantId, 40n, { payment }))

  expect(await settleAll()).toMatchObject([{ amount: 110n, carriedIn: 0n, carriedOut: 40n }])
  await room.hear()
  await room.book(paid(merchantId, 120n))
  await room.hear()

  expect(await settleAll()).toMatchObject([
    { amount: 120n, lines: 2, carriedIn: 40n, carriedOut: 0n },
  ])
  expect(await room.holdings(merchantId)).toMatchObject({ pending: 0n })
})

test('reads the ledger again when that changes between looking and booking', async () => {
  await room.book(paid(merchantId, 300n, { payment }))
  await room.hear()
  let looks = 0
  const settle = settleTallies({
    ...{ defaults: room.terms, now: room.now },
    rooms: (work) =>
      room.rooms((each) =>
        work({
          ...each,
          async post(drafts) {
            looks += 1
            if (looks === 1) await room.book(refunded(merchantId, 50n, { payment }))
            return await each.post(drafts)
          },
        }),
      ),
  })

  expect(await settle([{ merchantId, asset: USD }], 'threshold')).toMatchObject([{ amount: 250n }])
  expect(looks).toBe(2)
})

test('pays what the merchant owes us before anything is available', async () => {
  const debt = { owner: merchantId, code: 'owner.receivable', asset: USD } as const
  const channel = { owner: 'system', code: 'channel.receivable', asset: USD } as const
  const entries = [
    { account: debt, amount: 30n },
    { account: channel, amount: -30n },
  ]
  const facts = { owner: merchantId, code: 'chargeback', eventAt: NOW }
  await room.book({ reference: `chargeback:${payment}`, ...facts, entries })
  await room.book(paid(merchantId, 100n))
  await room.hear()

  const [settlement] = await settleAll()
  await releaseReserve({ ...room, now: () => daysAfter(NOW, 30) })(settlement?.id ?? '')

  expect(settlement).toMatchObject({ amount: 100n, reserve: 10n })
  expect(await room.holdings(merchantId)).toEqual({ pending: 0n, available: 70n, reserve: 0n })
})

test('one that the ledger refuses holds up no other', async () => {
  const closed = randomUUID()
  await room.book(paid(merchantId, 100n), paid(closed, 100n))
  const account = { owner: closed, code: 'owner.available', asset: USD } as const
  await room.book({
    ...{ reference: `close:${closed}`, code: 'close', owner: closed, eventAt: NOW },
    ...{ entries: [], closes: [account] },
  })
  const keys = await room.hear()

  await expect(room.settle(keys, 'threshold')).rejects.toThrow(SettlementRefusedError)
  await expect(room.settle(keys, 'threshold')).rejects.toThrow('account_closed')

  expect(await room.holdings(closed)).toMatchObject({ pending: 100n })
  expect(await room.holdings(merchantId)).toMatchObject({ pending: 0n, available: 90n })
})

test('holds money back, and takes a refund from the payment that it is of', async () => {
  const [early, late] = [randomUUID(), randomUUID()]
  await choose(7)
  await room.book(paid(merchantId, 200n, { payment: early, at: daysAfter(NOW, -7) }))
  await room.book(paid(merchantId, 500n, { payment: late }))
  await room.hear()
  await room.book(refunded(merchantId, 500n, { payment: late }))
  await room.hear()

  expect(await settleAll()).toMatchObject([{ amount: 200n, lines: 1 }])
  room.clock.at = daysAfter(NOW, 7)

  expect(await settleAll('request')).toEqual([])
  expect(await room.holdings(merchantId)).toMatchObject({ pending: 0n })
})

test('settles once when two do it at the same time', async () => {
  const merchants = Array.from({ length: 8 }, () => randomUUID())
  await room.book(...merchants.flatMap((each) => [paid(each, 100n), paid(each, 30n)]))
  const keys = await room.hear()
  // What is pending besides could be taken by mistake.
  await room.book(...merchants.map((each) => paid(each, 500n)))

  const settled = await Promise.all([
    room.settle(keys, 'threshold'),
    room.settle(keys.toReversed(), 'request'),
    room.settle(keys.slice(3), 'schedule'),
  ])

  expect(settled.flat()).toHaveLength(merchants.length)
  for (const each of merchants) {
    expect(await room.holdings(each)).toEqual({ pending: 500n, available: 117n, reserve: 13n })
  }
})

test('releases a reserve once, when its time is over', async () => {
  await room.book(paid(merchantId, 109n))
  await room.hear()
  const [settlement] = await settleAll()
  const release = releaseReserve(room)
  const id = settlement?.id ?? ''

  expect(await release(id)).toBe(false)
  room.clock.at = daysAfter(NOW, 30)
  const released = await Promise.all([release(id), release(id)])

  expect(released.toSorted()).toEqual([false, true])
  expect(await room.holdings(merchantId)).toEqual({ pending: 0n, available: 109n, reserve: 0n })
  expect(await room.reader.find(id)).toMatchObject({ releasedAt: room.clock.at })
})

test('tells of a settlement what it adds up, also of more than one page', async () => {
  const count = 1_005
  await room.book(
    ...Array.from({ length: count }, (_, place) => paid(merchantId, BigInt(place + 1))),
  )
  await room.hear()
  const [settlement] = await settleAll()

  const lines: SettlementLine[] = []
  for await (const line of room.reader.lines(settlement?.id ?? '')) lines.push(line)

  expect(new Set(lines.map(({ reference }) => reference)).size).toBe(count)
  expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(settlement?.amount)
  expect(await room.reader.list({ merchantId, limit: 5 })).toEqual([settlement])
  const [{ rows } = {}] = await room.postgres.execute<{ rows: string }>(
    sql`select count(*) as rows from settlements.settlements where merchant_id = ${merchantId}`,
  )
  expect(rows).toBe('1')
})
