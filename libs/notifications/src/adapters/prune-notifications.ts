import type { Postgres } from '@coffer/postgres/open-postgres'
import type { StepResult } from '@coffer/runtime/poll'
import { sql } from 'drizzle-orm'

/** Most that is deleted in one transaction. */
const PRUNED_MAX = 1_000

/**
 * Deletes what was sent longer than `keepMs` ago. What failed or waits stays, however old it is:
 * its merchant may ask for it yet. Ids grow with time, so only old rows are looked at.
 */
export const pruneNotifications =
  (postgres: Postgres, keepMs: number) => async (): Promise<StepResult> => {
    const seconds = keepMs / 1_000
    const pruned = await postgres.execute(sql`
      delete from notifications.notifications where id in (
        select id from notifications.notifications
        where id < uuidv7(make_interval(secs => ${-seconds})) and state = 'sent'
          and ended_at < now() - make_interval(secs => ${seconds})
        order by id limit ${PRUNED_MAX} for update skip locked)
      returning 1`)
    return pruned.length < PRUNED_MAX ? 'idle' : 'busy'
  }
