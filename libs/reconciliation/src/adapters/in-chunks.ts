/** Rows that are inserted by one statement: PostgreSQL takes 65,535 parameters. */
const ROWS = 2_000

/** `rows` in pieces that one statement can insert each. */
export function* inChunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let first = 0; first < rows.length; first += ROWS) yield rows.slice(first, first + ROWS)
}
