import type { Once } from '@coffer/http/idempotency'
import type { ChainId } from '@coffer/money/chain-id'
import type { Database, Postgres } from '@coffer/postgres/open-postgres'
import type { Logger } from '@coffer/telemetry/logger'
import { postgresAdjustments } from './adapters/postgres-adjustments.ts'
import { postgresDifferences } from './adapters/postgres-differences.ts'
import { postgresRooms } from './adapters/postgres-rooms.ts'
import { postgresRuns } from './adapters/postgres-runs.ts'
import { CHANNELS } from './domain/channels.ts'
import {
  type AdjustmentActs,
  type ReconciliationRoutesOptions,
  reconciliationRoutes,
} from './routes.ts'
import { type ConfirmOptions, confirmAdjustment } from './usecases/confirm-adjustment.ts'
import { importStatement } from './usecases/import-statement.ts'
import type { ChannelRules } from './usecases/judge-groups.ts'
import { proposeAdjustment } from './usecases/propose-adjustment.ts'
import { requestRun } from './usecases/request-run.ts'

export type ReconciliationApiOptions = {
  postgres: Postgres
  /** Does acts that are made of a transaction once for a key. */
  once: (actsIn: (tx: Database) => AdjustmentActs) => Once<AdjustmentActs>
  rules: ChannelRules
  chains: readonly ChainId[]
  logger: Logger
  isSecondPerson: ConfirmOptions['isSecondPerson']
}

/** The routes of this context, wired to PostgreSQL. */
export function reconciliationApi(given: ReconciliationApiOptions) {
  const { postgres, once, rules, chains, logger, isSecondPerson } = given
  const now = () => new Date()
  const runs = postgresRuns(postgres)
  const options: ReconciliationRoutesOptions = {
    runs,
    differences: postgresDifferences(postgres),
    requestRun: requestRun({ runs, places: { channel: CHANNELS, chain: chains }, now }),
    importStatement: importStatement({ rooms: postgresRooms(postgres), rules, now }),
    adjustments: once((tx) => {
      const rooms = postgresAdjustments(tx)
      return {
        proposeAdjustment: proposeAdjustment({ rooms, now }),
        confirmAdjustment: confirmAdjustment({ rooms, now, isSecondPerson }),
      }
    }),
    onAdjustment: (facts) => logger.warn(facts, 'an operator saw to a difference'),
  }
  return reconciliationRoutes(options)
}
