import { eventMessage, type Message } from '@coffer/events/event'
import { enqueue } from '@coffer/messaging/outbox'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { eq, sql } from 'drizzle-orm'
import type { StatementLine, Statements } from '../channel-ports.ts'
import { statements } from '../schema.ts'

/**
 * {@link Statements} in PostgreSQL. A day is due from the first charge on, until it was read after
 * its end.
 */
export const postgresStatements = (postgres: Postgres): Statements => ({
  async due(until, limit) {
    const rows = await postgres.execute<{ day: string; due_ms: string }>(sql`
      select to_char(days.day, 'YYYY-MM-DD') as day,
        extract(epoch from coalesce(look_at, days.day at time zone 'UTC')) * 1000 as due_ms
      from generate_series(
        (select date_trunc('day', min(payments.created_at) at time zone 'UTC')
          from payments.charges join payments.payments on payments.id = charges.payment_id),
        date_trunc('day', ${until.toISOString()}::timestamptz at time zone 'UTC'), '1 day'
      ) as days (day)
      left join payments.statements on statements.day = days.day::date
      where is_complete is not true
        and (look_at is null or look_at <= ${until.toISOString()}::timestamptz)
      order by days.day limit ${limit}`)
    return rows.map(({ day, due_ms: dueMs }) => ({ day, dueAt: new Date(Number(dueMs)) }))
  },
  async announce(day, { channel, lines, isComplete, lookAt }) {
    return await postgres.transaction(async (tx) => {
      await tx.insert(statements).values({ day, lines: 0, lookAt }).onConflictDoNothing()
      const [known] = await tx
        .select()
        .from(statements)
        .where(eq(statements.day, day))
        .for('update')
      const told = known?.lines ?? 0
      // Lines have numbers without holes, and none ever changes.
      const fresh = lines.filter(({ line }) => line > told)
      await enqueue(
        tx,
        fresh.map((line) => lineMessage(channel, line)),
      )
      const count = Math.max(told, ...fresh.map(({ line }) => line))
      await tx
        .update(statements)
        .set({ lines: count, isComplete, lookAt })
        .where(eq(statements.day, day))
      return fresh.length
    })
  },
})

function lineMessage(channel: string, { id, amount, movedAt, ...line }: StatementLine): Message {
  return eventMessage({
    id: `statement:${channel}:${line.statementId}:${line.line}`,
    type: 'statement.line',
    source: 'coffer/payments',
    time: movedAt.toISOString(),
    key: channel,
    data: {
      ...line,
      channel,
      channelReference: id,
      amount: `${amount}`,
      movedAt: movedAt.toISOString(),
    },
  })
}
