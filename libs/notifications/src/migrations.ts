import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `notifications`. */
export const notificationsMigrations: Migrations = {
  schema: 'notifications',
  folder: new URL('../migrations/', import.meta.url),
}
