import { sql } from 'drizzle-orm'

/**
 * Whole numbers as one parameter of a statement. They are written as PostgreSQL's array literal,
 * because drizzle hands an array of numerics to the driver as it is and the driver writes it wrong.
 */
export const numericArray = (numbers: readonly (bigint | number | string)[]) =>
  sql.param(`{${numbers.join(',')}}`)
