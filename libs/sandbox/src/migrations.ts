import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of the sandbox, in the PostgreSQL schema `sandbox`. */
export const sandboxMigrations: Migrations = {
  schema: 'sandbox',
  folder: new URL('../migrations/', import.meta.url),
}
