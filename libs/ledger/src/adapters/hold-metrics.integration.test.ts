import { createMetrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { credit, hold } from '../testing/small-ledger.ts'
import { measureHolds } from './hold-metrics.ts'
import { postgresUnitOfWork } from './postgres-unit-of-work.ts'

test('tells how many holds are open, and how many of them are over', async () => {
  await using database = await ledgerDatabase()
  const { postgres } = database
  const metrics = createMetrics('test')
  measureHolds(metrics, postgres)
  const told = async () => (await metrics.metrics()).match(/^coffer_.*/gm)
  const before = await told()
  const inAnHour = new Date(Date.now() + 3_600_000)

  await postgresUnitOfWork({ postgres })(({ post }) =>
    post([
      credit('credit', 'alice', 10n),
      hold('for ever', 'alice', 1n),
      hold('for an hour', 'alice', 1n, inAnHour),
      hold('over', 'alice', 1n, new Date(0)),
    ]),
  )
  const after = await told()
  await postgres.execute(sql`drop table ledger.open_holds`)

  const figures = (open: number, overdue: number) => [
    `coffer_ledger_open_holds{process="test"} ${open}`,
    `coffer_ledger_overdue_holds{process="test"} ${overdue}`,
  ]
  expect([before, after]).toEqual([figures(0, 0), figures(3, 1)])
  expect(await told()).toBe(null)
})
