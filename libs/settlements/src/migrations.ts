import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `settlements`. */
export const settlementsMigrations: Migrations = {
  schema: 'settlements',
  folder: new URL('../migrations/', import.meta.url),
}
