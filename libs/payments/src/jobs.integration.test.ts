import { memoryJobs } from '@coffer/jobs/testing/memory-jobs'
import { silentLogger } from '@coffer/telemetry/logger'
import { waitFor } from '@coffer/testkit/wait-for'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { postgresExpiryCalendar } from './adapters/postgres-expiry-calendar.ts'
import { postgresPaymentRooms } from './adapters/postgres-payment-rooms.ts'
import { expiryJobs } from './jobs.ts'
import { payments } from './schema.ts'
import { paymentsDatabase } from './testing/payments-database.ts'
import { expirePayments } from './usecases/expire-payments.ts'

const GRACE_MS = 600_000

test('L13: a payment is waited for until what was mined in time must be final', async () => {
  await using database = await paymentsDatabase()
  const { postgres } = database
  const nowMs = Date.now()
  const expiring = async (ms: number) => {
    const id = await database.payment()
    await postgres
      .update(payments)
      .set({ expiresAt: new Date(ms) })
      .where(eq(payments.id, id))
    return id
  }
  const over = [await expiring(nowMs - GRACE_MS - 5_000), await expiring(nowMs - GRACE_MS - 4_999)]
  const inGrace = await expiring(nowMs - GRACE_MS + 60_000)
  const running = await expiring(nowMs + 60_000)
  const statuses = (...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await database.read(id))?.status))
  const stop = new AbortController()
  await using queue = memoryJobs()
  const rooms = postgresPaymentRooms(postgres)
  const working = expiryJobs({
    calendar: postgresExpiryCalendar(postgres),
    expirePayments: expirePayments({ rooms, now: () => new Date() }),
    queue,
    graceMs: GRACE_MS,
    everyMs: 20,
    logger: silentLogger,
  })(stop.signal)

  const areOver = async () => (await statuses(...over)).every((status) => status === 'expired')
  await waitFor(areOver, { what: 'what is over to be expired' })
  stop.abort()
  await working

  expect(await statuses(inGrace, running)).toEqual(['created', 'created'])
})

test('the calendar tells each second by which some expire, and by then all of them', async () => {
  await using database = await paymentsDatabase()
  const ids = [await database.payment(), await database.payment(), await database.payment()]
  const at = ['12:00:00.001', '12:00:01.000', '12:00:01.001']
  for (const [place, id] of ids.entries()) {
    const expiresAt = new Date(`2026-11-21T${at[place]}Z`)
    await database.postgres.update(payments).set({ expiresAt }).where(eq(payments.id, id))
  }
  const calendar = postgresExpiryCalendar(database.postgres)
  const moments = await calendar.moments(new Date('2026-11-21T13:00:00Z'), 10)

  expect(moments.map((moment) => moment.toISOString().slice(11, 19))).toEqual([
    '12:00:01',
    '12:00:02',
  ])
  expect(await calendar.expired(moments[0] ?? new Date(0), 10)).toEqual([ids[0], ids[1]])
  expect(await calendar.expired(moments[1] ?? new Date(0), 1)).toEqual([ids[0]])
  expect(await calendar.moments(new Date('2026-11-21T12:00:00Z'), 10)).toEqual([])
})
