import { type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** A statement whose text never changes, with the values that it is to run with. */
export type Filled = { statement: SQL; values: readonly unknown[] }

/** Where a value goes that is found by `find` in what the statement is filled with. */
type Place<Input> = (find: (input: Input) => unknown) => Placeholder

const dialect = new PgDialect({ casing: 'snake_case' })

/**
 * A statement that comes again and again with other values: its text is put together once, which
 * is most of what a large statement costs here. `write` calls `place` for each of its values, which
 * are all that differs. See {@link asOne}.
 */
export function fixedStatement<Input>(
  write: (place: Place<Input>) => SQL,
): (input: Input) => Filled {
  const finders = new Map<unknown, (input: Input) => unknown>()
  const statement = write((find) => {
    const place = sql.placeholder(`${finders.size}`)
    finders.set(place, find)
    return place
  })
  const inOrder = dialect.sqlToQuery(statement).params.map((place) => finders.get(place))
  return (input) => ({ statement, values: inOrder.map((find) => find?.(input)) })
}

/** Texts by the statements that they are made of, in their order. */
type Texts = { text?: string; next: Map<SQL, Texts> }

const texts: Texts = { next: new Map() }

/**
 * `filled` as one statement: one alone as it is. Several are run as parts of one that answers
 * nothing, in no order: none sees what another does, and all of it is done or nothing. Triggers
 * that look at whole statements come after all of them.
 * https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
 */
export function asOne(filled: readonly [Filled, ...Filled[]]): SQLWrapper {
  const known = filled.reduce(following, texts)
  known.text ??= textOf(filled.map(({ statement }) => statement))
  const query = { sql: known.text, params: filled.flatMap(({ values }) => values) }
  // What drizzle asks of a statement when it runs it, answered without building it anew.
  return { getSQL: () => ({ toQuery: () => query }) } as unknown as SQLWrapper
}

function following({ next }: Texts, { statement }: Filled): Texts {
  const known = next.get(statement) ?? { next: new Map() }
  next.set(statement, known)
  return known
}

function textOf(statements: readonly SQL[]): string {
  const [first, ...others] = statements
  if (first === undefined || others.length === 0) return dialect.sqlToQuery(first ?? sql``).sql
  const parts = statements.map((each, place) => sql`${sql.raw(`part_${place}`)} as (${each})`)
  return dialect.sqlToQuery(sql`with ${sql.join(parts, sql`, `)} select`).sql
}
