import { accessMigrations } from '@coffer/access/migrations'
import { analyticsMigrations } from '@coffer/analytics/migrations'
import { depositsMigrations } from '@coffer/deposits/migrations'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { notificationsMigrations } from '@coffer/notifications/migrations'
import { paymentsMigrations } from '@coffer/payments/migrations'
import { reconciliationMigrations } from '@coffer/reconciliation/migrations'
import { sandboxMigrations } from '@coffer/sandbox/migrations'
import { settlementsMigrations } from '@coffer/settlements/migrations'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { withdrawalsMigrations } from '@coffer/withdrawals/migrations'

/** Migrations of every context, the kernel first. */
export const MIGRATIONS = [
  accessMigrations,
  messagingMigrations,
  walletsMigrations,
  ledgerMigrations,
  depositsMigrations,
  paymentsMigrations,
  sandboxMigrations,
  settlementsMigrations,
  reconciliationMigrations,
  notificationsMigrations,
  analyticsMigrations,
  withdrawalsMigrations,
]
