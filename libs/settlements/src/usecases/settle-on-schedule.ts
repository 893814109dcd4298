import { nextDaily } from '../domain/settlement-terms.ts'
import type { Schedules, SettleTallies } from '../ports.ts'

export type SettleOnScheduleOptions = {
  schedules: Schedules
  settle: SettleTallies
  now: () => Date
}

/**
 * Settles whatever a merchant has if its daily time has come, and says when that is next. A crash
 * in between settles what has come since, and nothing twice. What is missed for days is made up for
 * once.
 */
export const settleOnSchedule =
  ({ schedules, settle, now }: SettleOnScheduleOptions) =>
  async (merchantId: string): Promise<void> => {
    const at = now()
    const due = await schedules.dueOf(merchantId, at)
    if (due === undefined) return
    await settle(due.keys, 'schedule')
    await schedules.done(merchantId, nextDaily(due.dailyAt, at))
  }
