import { redisCounts } from '@coffer/access/redis-counts'
import { chainConfigs } from '@coffer/evm/chain-config'
import { serve } from '@coffer/http/serve'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { createLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { apiServer } from './api-server.ts'
import { apiConfig } from './config.ts'
import { openChains } from './open-chains.ts'
import { openDeadLetters } from './open-dead-letters.ts'

const config = apiConfig(process.env)
const chains = await chainConfigs(process.env)
const logger = createLogger('api', config.LOG_LEVEL)
const metrics = createMetrics('api')
await using resources = new AsyncDisposableStack()

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'api' }))
// Two groups of payments are made at once, and one of balances is read, by two statements.
const pool = { applicationName: 'api', connectionsMax: 4, prepares: true }
const making = resources.use(openPostgres(config.DATABASE_URL, pool))
const reading = resources.use(openPostgres(config.DATABASE_URL, pool))
const opening = { configs: chains, hotWallets: config.HOT_WALLET, postgres, logger }
const { asked, work } = resources.use(await openChains(opening))
const broker = config.messaging && resources.use(openDeadLetters(config.messaging, logger))
// Without it each process holds to the limits by itself.
const counts = config.REDIS_URL ? resources.use(redisCounts(config.REDIS_URL)) : undefined
const server = await apiServer({
  postgres,
  making,
  reading,
  chains,
  ...asked,
  broker: broker?.open,
  apiKeys: config.API_KEY,
  signingKey: config.REQUEST_SIGNING_KEY,
  rates: config.rates,
  origins: config.CORS_ORIGINS,
  proxies: config.TRUSTED_PROXIES,
  addressesMax: config.ADDRESSES_PER_USER_MAX,
  counts,
  xpub: config.XPUB,
  withdrawals: config,
  headAgeMaxSeconds: config.HEAD_AGE_MAX_SECONDS,
  sandboxSecret: config.SANDBOX_SECRET,
  feeBasisPoints: config.MERCHANT_FEE_BASIS_POINTS,
  settlementTerms: config.settlementTerms,
  channelRules: config.channelRules,
  notifications: config.notifications,
  logger,
  metrics,
})

const serving = serve(server, { host: config.API_HOST, port: config.API_PORT, logger })
await runUntilStopped([serving, work])
