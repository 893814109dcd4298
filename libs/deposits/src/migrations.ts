import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `deposits`. */
export const depositsMigrations: Migrations = {
  schema: 'deposits',
  folder: new URL('../migrations/', import.meta.url),
}
