import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** In SQL: whether the owner whose id is in `column` is of `tenant`; undefined has no condition. */
export const ownedBy = (tenant: string | undefined, column: SQLWrapper): SQL | undefined =>
  tenant === undefined
    ? undefined
    : sql`exists (select from wallets.owners owned
        where owned.id = ${column} and owned.tenant = ${tenant}::uuid)`
