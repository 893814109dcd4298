import { postgresChainStatuses } from '@coffer/deposits/chain-statuses'
import { postgresDepositReader } from '@coffer/deposits/deposit-reader'
import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import { postgresMerchants } from '@coffer/payments/merchants'
import { postgresPaymentReader } from '@coffer/payments/payment-reader'
import { tradeListRoutes } from '@coffer/payments/routes-lists'
import { postgresTradeReader } from '@coffer/payments/trade-reader'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { postgresOwnerReader } from '@coffer/wallets/postgres-owner-reader'
import { postgresOwners } from '@coffer/wallets/postgres-owners'
import { ownerReadingRoutes } from '@coffer/wallets/routes-reading'
import { assetRoutes } from './asset-routes.ts'
import { checkoutRoutes } from './checkout-routes.ts'
import { depositStoryRoutes } from './deposit-story-routes.ts'
import { ledgerRoutes } from './ledger-routes.ts'

/** What people look for and programs seldom do: lists, the books, whole stories. */
export function consoleReads(postgres: Postgres, assets: readonly Asset[]): Routes[] {
  const reader = postgresDepositReader(postgres)
  return [
    assetRoutes(assets),
    ownerReadingRoutes({ owners: postgresOwners(postgres), reader: postgresOwnerReader(postgres) }),
    tradeListRoutes(postgresTradeReader(postgres)),
    ledgerRoutes(postgres),
    depositStoryRoutes({ postgres, reader }),
    checkoutRoutes({
      payments: postgresPaymentReader(postgres),
      merchants: postgresMerchants(postgres),
      deposits: reader,
      statuses: postgresChainStatuses(postgres),
      assets,
    }),
  ]
}
