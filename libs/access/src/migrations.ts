import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `access`. */
export const accessMigrations: Migrations = {
  schema: 'access',
  folder: new URL('../migrations/', import.meta.url),
}
