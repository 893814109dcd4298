import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import type { RedriveOutcomes } from '../consume.ts'
import { type DeadLetterState, parseDeadLetterRange } from '../dead-letter.ts'
import type { Extent } from '../ports.ts'
import type { DeadLetterStates } from '../read-dead-letters.ts'

type PostgresLetterStates = DeadLetterStates &
  RedriveOutcomes & {
    /** How many of those that lie within `extents` of `topic` need nobody any more. */
    settled(topic: string, extents: readonly Extent[]): Promise<number>
  }

/** What became of dead letters, in `messaging.dead_letters`. */
export const postgresLetterStates = (postgres: Postgres): PostgresLetterStates => ({
  async of(topic, ids) {
    const { partitions, offsets } = places(ids)
    const rows = await postgres.execute<StateRow>(sql`
      select concat_ws(':', topic, partition, "offset") as id, reason,
        redriven_at as "redrivenAt", handled_at as "handledAt",
        returned_at as "returnedAt", discarded_at as "discardedAt"
      from messaging.dead_letters
      where topic = ${topic} and (partition, "offset") in (
        select * from unnest(${sql.param(partitions)}::int[], ${sql.param(offsets)}::bigint[])
      )
    `)
    return new Map(rows.map((row) => [row.id, { ...stateOf(row), reason: row.reason }]))
  },
  async redriven(ids) {
    await note(postgres, ids, sql`redriven_at`)
  },
  async handled(ids) {
    await note(postgres, ids, sql`handled_at`)
  },
  async returned(id) {
    await note(postgres, [id], sql`returned_at`)
  },
  async discarded(ids, reason) {
    const { topics, partitions, offsets } = places(ids)
    const rows = await postgres.execute<{ id: string }>(sql`
      insert into messaging.dead_letters as letter
        (topic, partition, "offset", discarded_at, reason)
      select *, now(), ${reason} from unnest(
        ${sql.param(topics)}::text[], ${sql.param(partitions)}::int[],
        ${sql.param(offsets)}::bigint[]
      )
      on conflict (topic, partition, "offset") do update
      set discarded_at = excluded.discarded_at, reason = excluded.reason
      where letter.handled_at is null and letter.returned_at is null
        and letter.discarded_at is null
      returning concat_ws(':', topic, partition, "offset") as id
    `)
    return rows.map(({ id }) => id)
  },
  async settled(topic, extents) {
    const [row] = await postgres.execute<{ settled: number }>(sql`
      select count(*)::int as settled
      from messaging.dead_letters letter
      join unnest(
        ${sql.param(extents.map(({ partition }) => partition))}::int[],
        ${sql.param(extents.map(({ first }) => `${first}`))}::bigint[],
        ${sql.param(extents.map(({ end }) => `${end}`))}::bigint[]
      ) as extent (partition, first, "end") on extent.partition = letter.partition
        and letter."offset" >= extent.first and letter."offset" < extent."end"
      where letter.topic = ${topic}
        and coalesce(letter.handled_at, letter.returned_at, letter.discarded_at) is not null
    `)
    return row?.settled ?? 0
  },
})

type StateRow = {
  id: string
  reason: string | null
  redrivenAt: Date | null
  handledAt: Date | null
  returnedAt: Date | null
  discardedAt: Date | null
}

/** What is final comes first: a letter that was handled stays so, whatever else was noted. */
function stateOf({ handledAt, returnedAt, discardedAt, redrivenAt }: StateRow) {
  const states: [DeadLetterState, Date | null][] = [
    ['handled', handledAt],
    ['returned', returnedAt],
    ['discarded', discardedAt],
    ['redriven', redrivenAt],
  ]
  const [state, since] = states.find(([, at]) => at !== null) ?? ['pending', null]
  return { state, since: new Date(since ?? 0) }
}

function places(ids: readonly string[]) {
  // One statement may not touch a row twice.
  const ranges = [...new Set(ids)].map(parseDeadLetterRange)
  return {
    topics: ranges.map(({ topic }) => topic),
    partitions: ranges.map(({ partition }) => partition),
    offsets: ranges.map(({ from }) => `${from}`),
  }
}

async function note(postgres: Postgres, ids: readonly string[], column: SQL): Promise<void> {
  const { topics, partitions, offsets } = places(ids)
  await postgres.execute(sql`
    insert into messaging.dead_letters (topic, partition, "offset", ${column})
    select *, now() from unnest(
      ${sql.param(topics)}::text[], ${sql.param(partitions)}::int[], ${sql.param(offsets)}::bigint[]
    )
    on conflict (topic, partition, "offset") do update set ${column} = excluded.${column}
  `)
}
