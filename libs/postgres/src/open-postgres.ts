import type { SQLWrapper } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgQueryResultHKT, PgTransactionConfig } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { prepareAll } from './prepare-all.ts'

interface RowsOfRaw extends PgQueryResultHKT {
  type: this['row'][]
}

/** Whatever drizzle's queries can be sent to: a pool, or a transaction that is open. */
export type Database = PgDatabase<RowsOfRaw>

/** A pool of connections to PostgreSQL, for drizzle's queries and for SQL of our own. */
export type Postgres = Database & AsyncDisposable

/** A transaction that is open. Everything done with it is committed together or not at all. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

export type PostgresOptions = {
  /** Connections at most. */
  connectionsMax?: number
  /** Shown in `pg_stat_activity`. */
  applicationName?: string
  /** A statement that runs longer is cancelled, milliseconds; 0 is never. */
  statementTimeoutMs?: number
  /**
   * A transaction that waits for its next statement longer ends, milliseconds; 0 is never. Until
   * then a process that hangs keeps its locks, and holds up every outbox of the server. Default:
   * 10,000, or `statementTimeoutMs` where that is less.
   */
  idleInTransactionMs?: number
  /**
   * Parses and plans each statement once a connection, and not each time: for a pool on which few
   * different ones come again and again. Their plans then know no values.
   */
  prepares?: boolean
}

/** Nothing that waits for anybody but the database belongs in a transaction. */
const IDLE_MS = 10_000

/** Opens a pool on `url`; connects on first use. Disposing waits for running queries. */
export function openPostgres(
  url: string,
  {
    connectionsMax = 10,
    applicationName = 'coffer',
    statementTimeoutMs = 60_000,
    idleInTransactionMs = Math.min(statementTimeoutMs, IDLE_MS),
    prepares = false,
  }: PostgresOptions = {},
): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: 10_000,
    // A peer that vanished without a word must not hold a connection for hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    // What a transaction need not wait for is sent behind what it has sent: see `sentTogether`.
    pipeline: true,
  })
  // Whoever uses a connection that dies learns it from the query. Without a listener the process
  // would end, even for a connection that nobody uses.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  if (prepares) pool.on('connect', prepareAll)
  const database = answeringRows(drizzle(pool, { casing: 'snake_case' }) as unknown as Raw)
  let ended: Promise<void> | undefined
  return Object.assign(database, {
    [Symbol.asyncDispose]: () => (ended ??= pool.end()),
  })
}

type Raw = {
  execute(query: SQLWrapper | string): PromiseLike<{ rows: unknown[] }>
  transaction<T>(work: (tx: Raw) => Promise<T>, config?: PgTransactionConfig): Promise<T>
}

/** Makes `execute` answer the rows alone, here and in transactions. */
function answeringRows(raw: Raw): Database {
  const execute = raw.execute.bind(raw)
  const transaction = raw.transaction.bind(raw)
  return Object.assign(raw, {
    execute: async (query: SQLWrapper | string) => (await execute(query)).rows,
    transaction: <T>(work: (tx: Database) => Promise<T>, config?: PgTransactionConfig) =>
      transaction((tx) => work(answeringRows(tx)), config),
  }) as unknown as Database
}
