import type { Postgres } from '@coffer/postgres/open-postgres'
import { eq } from 'drizzle-orm'
import { nextDaily } from '../domain/settlement-terms.ts'
import type { SettingsStore } from '../ports.ts'
import { settings } from '../schema.ts'
import { settingsOfRow } from './settlement-rows.ts'

/** {@link SettingsStore} in PostgreSQL. */
export const postgresSettings = (postgres: Postgres): SettingsStore => ({
  async find(merchantId) {
    const [row] = await postgres.select().from(settings).where(eq(settings.merchantId, merchantId))
    return row && settingsOfRow(row)
  },
  async put(merchantId, chosen, now) {
    const { thresholds = {}, dailyAt } = chosen
    const row = {
      thresholds: Object.fromEntries(
        Object.entries(thresholds).map(([asset, amount]) => [asset, amount.toString()]),
      ),
      holdBackDays: chosen.holdBackDays ?? null,
      reserveBasisPoints: chosen.reserveBasisPoints ?? null,
      reserveDays: chosen.reserveDays ?? null,
      dailyAt: dailyAt ?? null,
      nextRunAt: dailyAt === undefined ? null : nextDaily(dailyAt, now),
      changedAt: now,
    }
    await postgres
      .insert(settings)
      .values({ merchantId, ...row })
      .onConflictDoUpdate({ target: settings.merchantId, set: row })
  },
})
