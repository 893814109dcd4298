import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `reconciliation`. */
export const reconciliationMigrations: Migrations = {
  schema: 'reconciliation',
  folder: new URL('../migrations/', import.meta.url),
}
