/** Prints the OpenAPI document of the API, which needs no database to know its own routes. */
import { openPostgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { apiServer } from './api-server.ts'
import { apiConfig } from './config.ts'

const config = apiConfig({ DATABASE_URL: 'postgres://127.0.0.1:1/none', API_KEY: 'not-a-key' })
await using postgres = openPostgres(config.DATABASE_URL)
const server = await apiServer({
  postgres,
  chains: [],
  isVerified: () => true,
  treasuries: [],
  nodeOf: () => {
    throw new Error('No node stands behind a document.')
  },
  broker: undefined,
  apiKeys: config.API_KEY,
  xpub: undefined,
  withdrawals: config,
  headAgeMaxSeconds: config.HEAD_AGE_MAX_SECONDS,
  settlementTerms: config.settlementTerms,
  channelRules: config.channelRules,
  notifications: config.notifications,
  logger: silentLogger,
  metrics: createMetrics('api'),
})
const { body } = await server.inject('/openapi.json')
process.stdout.write(body)
await server.close()
