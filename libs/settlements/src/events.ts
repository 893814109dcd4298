import { describeError } from '@coffer/errors/app-error'
import type { TransactionCreated } from '@coffer/events/accounting-events'
import { readEvent } from '@coffer/events/event'
import type { BatchHandler, Delivery } from '@coffer/messaging/ports'
import type { Logger } from '@coffer/telemetry/logger'
import type { SettleTallies, TallyKey } from './ports.ts'

export type SettlementHandlerOptions = {
  recordLines: (transactions: readonly TransactionCreated[]) => Promise<readonly TallyKey[]>
  settle: SettleTallies
  logger: Logger
}

/**
 * Records what deliveries of accounting.events did to merchants' pending money, and settles at once
 * what has reached its threshold. What could not be settled is due, and is found by the janitor: no
 * message is held up for it.
 */
export function settlementHandler(options: SettlementHandlerOptions): BatchHandler {
  const { recordLines, settle, logger } = options
  return async (deliveries) => {
    const transactions = deliveries.filter(isAboutMerchants).flatMap(transactionIn)
    const keys = await recordLines(transactions)
    try {
      const settled = await settle(keys, 'threshold')
      if (settled.length > 0) logger.debug({ settled: settled.length }, 'settled')
    } catch (error) {
      logger.warn({ error: describeError(error) }, 'what is due is settled later')
    }
  }
}

/** Nearly all that is booked is about deposits of users: so much can be told without reading it. */
const isAboutMerchants = ({ value }: Delivery): boolean => value.includes('merchant.pending')

function transactionIn(delivery: Delivery): TransactionCreated[] {
  const event = readEvent(delivery)
  return event.type === 'transaction.created' ? [event.data] : []
}
