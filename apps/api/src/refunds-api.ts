import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import { applyChargeReport } from '@coffer/payments/apply-charge-report'
import { postgresChargeRooms, postgresUnknownCallbacks } from '@coffer/payments/charges'
import { concludeRefund } from '@coffer/payments/conclude-refund'
import { postgresDestinations } from '@coffer/payments/destinations'
import { postgresPaymentReader } from '@coffer/payments/payment-reader'
import { postgresRefundReader, postgresRefundRooms } from '@coffer/payments/refunds'
import { requestRefund } from '@coffer/payments/request-refund'
import { callbackRoutes } from '@coffer/payments/routes-callbacks'
import { refundRoutes } from '@coffer/payments/routes-refunds'
import { sandboxCallbacks } from '@coffer/payments/sandbox-callbacks'
import { takeCallback } from '@coffer/payments/take-callback'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'

export type RefundsApiOptions = {
  postgres: Postgres
  /** What is accepted on chains. */
  assets: readonly Pick<Asset, 'chain' | 'contract'>[]
  /** What callbacks of the sandbox are signed with; without it none is taken. */
  sandboxSecret: string | undefined
}

/** How soon a charge is looked at again that its channel has not decided, milliseconds. */
const AGAIN_MS = 5_000

/** Refunds, and what channels tell by themselves, wired to PostgreSQL. */
export function refundsApi({ postgres, assets, sandboxSecret }: RefundsApiOptions): Routes[] {
  const now = () => new Date()
  const payments = postgresPaymentReader(postgres)
  const refunds = postgresRefundRooms(postgres)
  const charges = postgresChargeRooms(postgres)
  const destinations = postgresDestinations(postgres, assets)
  const take = takeCallback({
    read: sandboxSecret === undefined ? () => 'forged' : sandboxCallbacks(sandboxSecret),
    applyChargeReport: applyChargeReport({
      ...{ rooms: charges, now, againMs: AGAIN_MS },
      isTransient: isTransientPostgresError,
    }),
    concludeRefund: concludeRefund({ rooms: refunds, now }),
    unknown: postgresUnknownCallbacks(postgres),
  })
  return [
    refundRoutes({
      requestRefund: requestRefund({
        ...{ rooms: refunds, payments, destinations, now },
        isTransient: isTransientPostgresError,
      }),
      refunds: postgresRefundReader(postgres),
      payments,
    }),
    callbackRoutes(take),
  ]
}
