import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `payments`. */
export const paymentsMigrations: Migrations = {
  schema: 'payments',
  folder: new URL('../migrations/', import.meta.url),
}
