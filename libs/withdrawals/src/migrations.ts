import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `withdrawals`. */
export const withdrawalsMigrations: Migrations = {
  schema: 'withdrawals',
  folder: new URL('../migrations/', import.meta.url),
}
