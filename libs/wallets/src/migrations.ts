import type { Migrations } from '@coffer/postgres/migrate'

/** The tables of this context, in the PostgreSQL schema `wallets`. */
export const walletsMigrations: Migrations = {
  schema: 'wallets',
  folder: new URL('../migrations/', import.meta.url),
}
