import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Logger } from '@coffer/telemetry/logger'
import { postgresAdjustments } from './adapters/postgres-adjustments.ts'
import { postgresDifferences } from './adapters/postgres-differences.ts'
import { postgresRooms } from './adapters/postgres-rooms.ts'
import { postgresRuns } from './adapters/postgres-runs.ts'
import { CHANNELS } from './domain/channels.ts'
import { type ReconciliationRoutesOptions, reconciliationRoutes } from './routes.ts'
import { confirmAdjustment } from './usecases/confirm-adjustment.ts'
import { importStatement } from './usecases/import-statement.ts'
import type { ChannelRules } from './usecases/judge-groups.ts'
import { proposeAdjustment } from './usecases/propose-adjustment.ts'
import { requestRun } from './usecases/request-run.ts'

export type ReconciliationApiOptions = {
  postgres: Postgres
  rules: ChannelRules
  chains: readonly ChainId[]
  logger: Logger
}

/** The routes of this context, wired to PostgreSQL. */
export function reconciliationApi({ postgres, rules, chains, logger }: ReconciliationApiOptions) {
  const now = () => new Date()
  const runs = postgresRuns(postgres)
  const rooms = postgresAdjustments(postgres)
  const options: ReconciliationRoutesOptions = {
    runs,
    differences: postgresDifferences(postgres),
    requestRun: requestRun({ runs, places: { channel: CHANNELS, chain: chains }, now }),
    importStatement: importStatement({ rooms: postgresRooms(postgres), rules, now }),
    proposeAdjustment: proposeAdjustment({ rooms, now }),
    confirmAdjustment: confirmAdjustment({ rooms, now }),
    onAdjustment: (facts) => logger.warn(facts, 'an operator saw to a difference'),
  }
  return reconciliationRoutes(options)
}
