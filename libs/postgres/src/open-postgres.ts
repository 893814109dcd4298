import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

/** A pool of connections to PostgreSQL, for drizzle's queries and for SQL of our own. */
export type Postgres = PostgresJsDatabase & AsyncDisposable

/** A transaction that is open. Everything done with it is committed together or not at all. */
export type Transaction = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0]

export type PostgresOptions = {
  /** Connections at most. */
  connectionsMax?: number
  /** Shown in `pg_stat_activity`. */
  applicationName?: string
  /** A statement that runs longer is cancelled, milliseconds; 0 is never. */
  statementTimeoutMs?: number
}

/** Opens a pool on `url`; connects on first use. Disposing waits for running queries, 5 s at most. */
export function openPostgres(
  url: string,
  {
    connectionsMax = 10,
    applicationName = 'coffer',
    statementTimeoutMs = 60_000,
  }: PostgresOptions = {},
): Postgres {
  const sql = postgres(url, {
    max: connectionsMax,
    connect_timeout: 10,
    // A peer that vanished without a word must not hold a connection for hours.
    keep_alive: 10,
    onnotice: () => undefined,
    connection: {
      application_name: applicationName,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs,
    },
  })
  return Object.assign(drizzle(sql, { casing: 'snake_case' }), {
    [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }),
  })
}
