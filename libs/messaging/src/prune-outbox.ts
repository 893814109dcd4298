import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** Rows deleted by one statement, so that none holds its locks for long. */
const PRUNE_CHUNK = 5_000

export type PruneOutboxOptions = {
  postgres: Pick<Postgres, 'execute'>
  topic: string
  olderThanDays: number
}

/** Deletes published rows of a topic that are older than `olderThanDays`; returns how many. */
export async function pruneOutbox(options: PruneOutboxOptions): Promise<number> {
  const { postgres, topic, olderThanDays } = options
  let pruned = 0
  for (let deleted = PRUNE_CHUNK; deleted === PRUNE_CHUNK; pruned += deleted) {
    // Takes the oldest first and stops at the first chunk that is not all old.
    const rows = await postgres.execute(sql`
      delete from messaging.outbox
      where id in (
        select oldest.id
        from messaging.relays relay
        cross join lateral (
          select id, created_at from messaging.outbox
          where topic = relay.topic
            and (transaction_id, id) <= (relay.transaction_id, relay.outbox_id)
          order by transaction_id, id
          limit ${PRUNE_CHUNK}
        ) oldest
        where relay.topic = ${topic}
          and oldest.created_at < now() - make_interval(secs => ${olderThanDays * 86_400})
      )
      returning id
    `)
    deleted = rows.length
  }
  return pruned
}
