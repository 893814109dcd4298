import type { JobQueue } from '@coffer/jobs/ports'
import { runJobs } from '@coffer/jobs/run-jobs'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { chargesDue, postgresChargeRooms } from './adapters/postgres-charges.ts'
import { postgresRefundRooms, refundsDue } from './adapters/postgres-refunds.ts'
import { postgresStatements } from './adapters/postgres-statements.ts'
import type { CardChannel } from './channel-ports.ts'
import { applyChargeReport } from './usecases/apply-charge-report.ts'
import { chargePayment } from './usecases/charge-payment.ts'
import { concludeRefund } from './usecases/conclude-refund.ts'
import { payRefund } from './usecases/pay-refund.ts'
import { readStatement } from './usecases/read-statement.ts'

export type CardChannelWork = 'charge' | 'refund' | 'statement'

export type RunCardChannelOptions = {
  postgres: Postgres
  channel: CardChannel
  queues: Readonly<Record<CardChannelWork, JobQueue>>
  /** Most charges that the channel is asked for at once; they share transactions. */
  atOnceMax: number
  /** How often the database is asked what is due, milliseconds. */
  everyMs: number
  /** The first pause before the channel is asked again, milliseconds. */
  retryMs: number
  /** How often a day's statement is read until the day is over, milliseconds. */
  statementEveryMs: number
  logger: Logger
}

/** How long after it a day may still get lines, milliseconds. */
const SETTLE_MS = 60_000

/**
 * Charges cards and pays refunds through a channel, asks again about whatever it has not decided,
 * and tells of each line of its statements once.
 */
export function runCardChannel(options: RunCardChannelOptions): Work {
  const { postgres, channel, queues, everyMs, retryMs, statementEveryMs, atOnceMax, logger } =
    options
  const now = () => new Date()
  const onUnknown = (of: string, problem: string) =>
    logger.warn({ of, problem }, 'a channel gave no answer, and is asked what there is')
  const isTransient = isTransientPostgresError
  const told = { channel, now, retryMs, onUnknown }

  const charges = postgresChargeRooms(postgres)
  const apply = applyChargeReport({ rooms: charges, now, againMs: retryMs, isTransient })
  const refunds = postgresRefundRooms(postgres)
  const conclude = concludeRefund({ rooms: refunds, now })
  const statements = postgresStatements(postgres)
  const read = readStatement({
    ...{ channel, statements, now },
    settleMs: SETTLE_MS,
    everyMs: statementEveryMs,
  })
  const works = [
    runJobs({
      ...{ queue: queues.charge, name: 'payments.charge', everyMs, logger },
      concurrency: atOnceMax,
      due: (until, limit) => chargesDue(postgres, until, limit),
      handle: chargePayment({ ...told, rooms: charges, applyChargeReport: apply, isTransient }),
    }),
    runJobs({
      ...{ queue: queues.refund, name: 'payments.refund', everyMs, logger },
      due: (until, limit) => refundsDue(postgres, until, limit),
      handle: payRefund({ ...told, rooms: refunds, concludeRefund: conclude }),
    }),
    runJobs({
      ...{ queue: queues.statement, name: 'payments.statement', everyMs, logger },
      async due(until, limit) {
        const days = await statements.due(until, limit)
        return days.map(({ day, dueAt }) => ({ id: day, dueAt }))
      },
      handle: async (day) => void (await read(day)),
    }),
  ]
  return async (signal) => {
    await Promise.all(works.map((work) => work(signal)))
  }
}
