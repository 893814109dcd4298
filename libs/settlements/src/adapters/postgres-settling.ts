import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Metrics } from '@coffer/telemetry/metrics'
import type { SettlementTerms } from '../domain/settlement-terms.ts'
import type { SettleTallies } from '../ports.ts'
import { answerRequest } from '../usecases/answer-request.ts'
import { recordLines } from '../usecases/record-lines.ts'
import { releaseReserve } from '../usecases/release-reserve.ts'
import { settleOnSchedule } from '../usecases/settle-on-schedule.ts'
import { settleTallies } from '../usecases/settle-tallies.ts'
import { postgresSchedules } from './postgres-schedules.ts'
import { postgresSettlementRequests } from './postgres-settlement-requests.ts'
import { postgresSettlementRooms } from './postgres-settlement-rooms.ts'
import { postgresSettlementsDue } from './postgres-settlements-due.ts'
import { measureSettlements } from './settlement-metrics.ts'

export type SettlingOptions = {
  postgres: Postgres
  /** Of merchants that chose nothing else. */
  defaults: SettlementTerms
  now?: () => Date
  /** Called when something was settled, and so is owed to the broker. */
  onSettled?: () => void
  /** Told of what is due. */
  metrics?: Metrics
}

/** All that settles, on PostgreSQL: what comes by messages, and what comes due. */
export function postgresSettling(options: SettlingOptions) {
  const { postgres, defaults, now = () => new Date(), onSettled, metrics } = options
  const rooms = postgresSettlementRooms(postgres)
  const settleNow = settleTallies({ rooms, defaults, now })
  const settle: SettleTallies = async (keys, cause) => {
    const settled = await settleNow(keys, cause)
    if (settled.length > 0) onSettled?.()
    return settled
  }
  const due = postgresSettlementsDue(postgres, defaults)
  if (metrics) measureSettlements(metrics, due)
  return {
    recordLines: recordLines({ rooms, defaults, now }),
    settle,
    releaseReserve: releaseReserve({ rooms, now }),
    settleOnSchedule: settleOnSchedule({ schedules: postgresSchedules(postgres), settle, now }),
    answerRequest: answerRequest({ requests: postgresSettlementRequests(postgres), settle, now }),
    due,
  }
}
