import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq, lte } from 'drizzle-orm'
import type { Schedules } from '../ports.ts'
import { settings, tallies } from '../schema.ts'

/** {@link Schedules} in PostgreSQL. */
export const postgresSchedules = (postgres: Postgres): Schedules => ({
  async dueOf(merchantId, now) {
    const [row] = await postgres
      .select({ dailyAt: settings.dailyAt })
      .from(settings)
      .where(and(eq(settings.merchantId, merchantId), lte(settings.nextRunAt, now)))
    if (row?.dailyAt == null) return undefined
    const keys = await postgres
      .select({ merchantId: tallies.merchantId, asset: tallies.asset })
      .from(tallies)
      .where(eq(tallies.merchantId, merchantId))
    return { dailyAt: row.dailyAt, keys }
  },
  async done(merchantId, nextRunAt) {
    await postgres
      .update(settings)
      .set({ nextRunAt })
      .where(and(eq(settings.merchantId, merchantId), lte(settings.nextRunAt, nextRunAt)))
  },
})
