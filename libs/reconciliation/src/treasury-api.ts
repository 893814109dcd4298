import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Logger } from '@coffer/telemetry/logger'
import { postgresFundings } from './adapters/postgres-fundings.ts'
import type { ReconciledChain } from './chain-ports.ts'
import { treasuryRoutes } from './routes-treasury.ts'
import { bookFunding } from './usecases/book-funding.ts'

export type TreasuryApiOptions = {
  postgres: Postgres
  chains: readonly ReconciledChain[]
  logger: Logger
}

/** The routes of what we ourselves put in, wired to PostgreSQL. */
export const treasuryApi = ({ postgres, chains, logger }: TreasuryApiOptions) =>
  treasuryRoutes({
    bookFunding: bookFunding({ chains, fundings: postgresFundings(postgres) }),
    onFunded: (facts) => logger.warn(facts, 'an operator booked what funds our wallets'),
  })
