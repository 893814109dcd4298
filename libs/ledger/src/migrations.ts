import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of the ledger, in the PostgreSQL schema `ledger`. */
export const ledgerMigrations: Migrations = {
  schema: 'ledger',
  folder: new URL('../migrations/', import.meta.url),
}
