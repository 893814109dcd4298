import type { Settlement } from '../domain/settlement.ts'
import type { SettlementSettings } from '../domain/settlement-terms.ts'
import type { settings, settlements } from '../schema.ts'

/** A settlement as its row has it. */
export const settlementOf = (row: typeof settlements.$inferSelect): Settlement => ({
  ...row,
  releaseAt: row.releaseAt ?? undefined,
  releasedAt: row.releasedAt ?? undefined,
})

/** What a merchant chose; nothing that it did not. */
export function settingsOfRow(row: typeof settings.$inferSelect): SettlementSettings {
  const chosen = {
    thresholds: Object.fromEntries(
      Object.entries(row.thresholds).map(([asset, amount]) => [asset, BigInt(amount)]),
    ),
    holdBackDays: row.holdBackDays,
    reserveBasisPoints: row.reserveBasisPoints,
    reserveDays: row.reserveDays,
    dailyAt: row.dailyAt,
  }
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== null))
}
