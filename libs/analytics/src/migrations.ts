import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `analytics`. */
export const analyticsMigrations: Migrations = {
  schema: 'analytics',
  folder: new URL('../migrations/', import.meta.url),
}
