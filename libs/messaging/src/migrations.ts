import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this package, in the PostgreSQL schema `messaging`. */
export const messagingMigrations: Migrations = {
  schema: 'messaging',
  folder: new URL('../migrations/', import.meta.url),
}
