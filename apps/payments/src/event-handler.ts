import { type HandleDeliveriesOptions, handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import type { BatchHandler } from '@coffer/messaging/ports'
import { type ApplyDepositsOptions, applyDeposits } from '@coffer/payments/apply-deposits'
import { applyWithdrawals } from '@coffer/payments/apply-withdrawals'
import { concludeRefund } from '@coffer/payments/conclude-refund'
import { paymentsHandler } from '@coffer/payments/events'
import { postgresRefundRooms } from '@coffer/payments/refunds'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'

type Failures = Pick<HandleDeliveriesOptions, 'deadLetters' | 'onDeadLetter' | 'logger'>

/** Applies deposits to payments, and payouts to the refunds that they pay. */
export function eventHandler(
  postgres: Postgres,
  use: ApplyDepositsOptions,
  failures: Failures,
): BatchHandler {
  const conclude = concludeRefund({ rooms: postgresRefundRooms(postgres), now: use.now })
  const handle = paymentsHandler({
    applyDeposits: applyDeposits(use),
    applyWithdrawals: applyWithdrawals(conclude),
  })
  return handleDeliveries({
    ...{ handle, consumer: use.consumer, ...failures },
    redrives: postgresLetterStates(postgres),
    isTransient: isTransientPostgresError,
  })
}
