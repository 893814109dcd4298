import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { countDeadLetters } from '@coffer/messaging/messaging-metrics'
import type { BatchHandler, Producer } from '@coffer/messaging/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { refundsHandler } from '@coffer/withdrawals/events'
import { payRefunds } from '@coffer/withdrawals/pay-refunds'
import type { WithdrawalRooms } from '@coffer/withdrawals/ports'

export type RefundConsumerOptions = {
  rooms: WithdrawalRooms
  chains: readonly Pick<ChainConfig, 'assets'>[]
  own: readonly Address[]
  postgres: Postgres
  producer: Producer
  logger: Logger
  metrics: Metrics
}

/** Who handles events of payments here, for the inbox and the dead letters. */
const CONSUMER = 'withdrawals'

/** Queues the payouts of refunds; sets aside what it can't. */
export function refundConsumer(options: RefundConsumerOptions): BatchHandler {
  const assets = options.chains.flatMap((chain) => chain.assets)
  const { rooms, own, postgres, producer, logger, metrics } = options
  const pay = payRefunds({ rooms, assets, own, consumer: CONSUMER, now: () => new Date() })
  return handleDeliveries({
    handle: refundsHandler(pay),
    consumer: CONSUMER,
    deadLetters: producer,
    redrives: postgresLetterStates(postgres),
    ...{ logger, isTransient },
    onDeadLetter: countDeadLetters(metrics),
  })
}
