import { fileURLToPath } from 'node:url'
import { postgresOnce } from '@coffer/access/answers'
import { postgresStatisticsReader } from '@coffer/analytics/postgres-statistics-reader'
import { analyticsRoutes } from '@coffer/analytics/routes'
import { postgresBalanceDifferences } from '@coffer/deposits/balance-differences'
import type { ChainNodes } from '@coffer/deposits/chain-nodes'
import { postgresChainStatuses } from '@coffer/deposits/chain-statuses'
import { postgresDepositChanges } from '@coffer/deposits/deposit-changes'
import { postgresDepositReader } from '@coffer/deposits/deposit-reader'
import { postgresEndpointHealth } from '@coffer/deposits/endpoint-health'
import { postgresGapReader } from '@coffer/deposits/gap-reader'
import { postgresLatches } from '@coffer/deposits/latches'
import {
  type ReleaseRequest,
  releaseDeposit,
  type Withheld,
} from '@coffer/deposits/release-deposit'
import { postgresReleases } from '@coffer/deposits/releases'
import { requestRescan } from '@coffer/deposits/request-rescan'
import { rescanGap } from '@coffer/deposits/rescan-gap'
import { postgresRescanRequests } from '@coffer/deposits/rescan-requests'
import { depositRoutes } from '@coffer/deposits/routes'
import { balanceDifferenceRoutes } from '@coffer/deposits/routes-balances'
import { type DepositStreamOptions, depositStreamRoutes } from '@coffer/deposits/routes-stream'
import { tellDeposits } from '@coffer/deposits/tell-deposits'
import { type UnlatchPlan, unlatchChain } from '@coffer/deposits/unlatch-chain'
import { describeError } from '@coffer/errors/app-error'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { type HttpServer, httpServer, type Routes } from '@coffer/http/server'
import { staticPages } from '@coffer/http/static-pages'
import { balancesAt } from '@coffer/ledger/balances-at'
import { readStatement } from '@coffer/ledger/statement'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { reconciliationApi } from '@coffer/reconciliation/api'
import type { ChannelRules } from '@coffer/reconciliation/settings'
import { type TreasuryApiOptions, treasuryApi } from '@coffer/reconciliation/treasury-api'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { assignAddress } from '@coffer/wallets/assign-address'
import { createUser } from '@coffer/wallets/create-user'
import { findOwner } from '@coffer/wallets/find-owner'
import { hdAddresses } from '@coffer/wallets/hd-addresses'
import { importAddresses } from '@coffer/wallets/import-addresses'
import { postgresAddressBook } from '@coffer/wallets/postgres-address-book'
import { postgresOwners } from '@coffer/wallets/postgres-owners'
import { walletRoutes } from '@coffer/wallets/routes'
import { type AccessOptions, accessOf, secondPersonOf } from './access-of.ts'
import { apiHealth } from './api-health.ts'
import { type BalanceRoutesOptions, balanceRoutes } from './balance-routes.ts'
import { consoleReads } from './console-reads.ts'
import { currentBalances } from './current-balances.ts'
import { type DeadLetterRoutesOptions, deadLetterRoutes } from './dead-letter-routes.ts'
import { depositTrace } from './deposit-trace.ts'
import { type DepositTraceRoutesOptions, depositTraceRoutes } from './deposit-trace-routes.ts'
import { ERROR_STATUSES } from './error-statuses.ts'
import { measureDeadLetters } from './measure-dead-letters.ts'
import { type NotificationTerms, notificationsOf } from './notifications-of.ts'
import { type PaymentsApiOptions, paymentsApi } from './payment-routes.ts'
import { refundsApi } from './refunds-api.ts'
import { settlementsOf } from './settlements-of.ts'
import { statementRoutes } from './statement-routes.ts'
import { type PolicySettings, withdrawalsOf } from './withdrawals.ts'

export type ApiServerOptions = Pick<AccessOptions, 'signingKey' | 'rates' | 'counts'> & {
  postgres: Postgres
  /** Where payments are made. Default: as all else. */
  making?: Postgres | undefined
  /** Where balances are read. Default: as all else. */
  reading?: Postgres | undefined
  chains: readonly Pick<ChainConfig, 'chain' | 'assets' | 'forwarders' | 'ownAddresses'>[]
  /** Whether what is paid on a chain to forwarders is known to come to the hot wallet. */
  isVerified: PaymentsApiOptions['isVerified']
  /** Asked when an operator funds wallets of ours. */
  treasuries: TreasuryApiOptions['chains']
  /** Asked when an operator sees to a latched chain. */
  nodeOf: ChainNodes['nodeOf']
  /** Where dead letters lie; undefined where no broker is configured. */
  broker: DeadLetterRoutesOptions['broker']
  apiKeys: readonly string[]
  xpub: string | undefined
  /** What owners may withdraw, and who approves. */
  withdrawals: PolicySettings
  headAgeMaxSeconds: number
  /** What callbacks of the sandbox are signed with. */
  sandboxSecret?: string | undefined
  /** What is kept of payments of merchants for whom nothing else was said, in 1/100 %. */
  feeBasisPoints?: number | undefined
  /** How merchants are settled that chose nothing else. */
  settlementTerms: Parameters<typeof settlementsOf>[1]['defaults']
  /** How statements of channels are held against our books. */
  channelRules: ChannelRules
  /** How notifications look and where they may go. */
  notifications: NotificationTerms
  /** Whose pages may call this in a browser. */
  origins?: readonly string[]
  /** Proxies that are believed whom they speak for. */
  proxies?: readonly string[]
  /** Most addresses that a user is given; 0 is as many as they like. */
  addressesMax?: number
  /** Where the console was built to. */
  consoleFolder?: string
  logger: Logger
  metrics: Metrics
}

/** Where its build leaves it. */
const CONSOLE_FOLDER = fileURLToPath(new URL('../../console/dist', import.meta.url))

/** The wallet API, wired to PostgreSQL and ready to listen. Throws `XpubError`. */
export async function apiServer(options: ApiServerOptions): Promise<HttpServer> {
  const { postgres, xpub, headAgeMaxSeconds, logger, metrics } = options
  const chains = options.chains.map(({ chain }) => chain)
  const assets = options.chains.flatMap((chain) => chain.assets)

  const owners = postgresOwners(postgres)
  const book = postgresAddressBook(postgres)
  const statuses = postgresChainStatuses(postgres)
  const { scanPosition } = statuses
  const source = xpub === undefined ? undefined : hdAddresses(xpub)
  const wallets = walletRoutes({
    owners,
    createUser: createUser(owners),
    assignAddress: assignAddress({
      ...{ owners, book, source, scanPosition, chains },
      addressesMax: options.addressesMax ?? 0,
    }),
    importAddresses: importAddresses({ book, scanPosition, chains }),
  })

  const rescans = postgresRescanRequests(postgres)
  const requested = requestRescan({ requests: rescans, statuses, chains })
  const gaps = postgresGapReader(postgres)
  const deposits = depositRoutes({
    reader: postgresDepositReader(postgres),
    statuses,
    health: postgresEndpointHealth(postgres),
    rescans,
    requestRescan: requested,
    gaps,
    rescanGap: rescanGap({ gaps, requestRescan: requested }),
    ...actsOf(options, chains),
    findOwner: (reference, tenant) => findOwner(postgres, reference, tenant),
    chains,
    assets,
  })

  const access = accessOf(options)
  return await httpServer({
    logger,
    metrics,
    title: 'Coffer wallet API',
    version: '1.0.0',
    guard: access.guard,
    origins: options.origins,
    proxies: options.proxies,
    statuses: ERROR_STATUSES,
    isTransient: isTransientPostgresError,
    health: apiHealth({ statuses, chains, headAgeMaxSeconds, metrics }),
    routes: [
      access.routes,
      wallets,
      ...consoleReads(postgres, assets),
      pagesIn(options.consoleFolder),
      ...bookRoutes(options, { owners, assets }),
      ...paymentsApi({ ...options, source }),
      ...refundsApi({ postgres, assets, sandboxSecret: options.sandboxSecret }),
      deposits,
      ...depositNewsOf(options, { assets, isGood: access.isGood }),
      differencesOf(options),
      deadLettersOf(options),
      ...paymentRoutes(options),
    ],
  })
}

/** What operators do to chains and deposits, each with a line in the log. */
const actsOf = (
  { postgres, nodeOf, logger }: ApiServerOptions,
  chains: readonly ChainConfig['chain'][],
) => ({
  unlatchChain: unlatchChain({
    ...{ latches: postgresLatches(postgres), nodeOf, chains },
    onUnlatched: (plan) => logUnlatched(logger, plan),
  }),
  releases: postgresOnce(postgres, (tx) => ({
    releaseDeposit: releaseDeposit({
      ...{ releases: postgresReleases(tx), chains },
      onReleased: (request, was) => logReleased(logger, request, was),
    }),
    find: postgresDepositReader(tx).find,
  })),
})

/** The console, and what a payer sees. */
const pagesIn = (folder = CONSOLE_FOLDER): Routes =>
  staticPages({ folder, prefix: '/console', aliases: { '/pay/:id': 'pay.html' } })

/** What happens to deposits, and what has happened to one. */
function depositNewsOf(
  { postgres, logger }: ApiServerOptions,
  options: Pick<DepositStreamOptions, 'assets' | 'isGood'>,
): Routes[] {
  const onFailure = (error: unknown) =>
    logger.warn({ cause: describeError(error) }, 'deposits could not be told of')
  const stream = depositStreamRoutes({
    ...options,
    deposits: tellDeposits({ changes: postgresDepositChanges(postgres), onFailure }),
    findOwner: (reference, tenant) => findOwner(postgres, reference, tenant),
  })
  const traceOf: DepositTraceRoutesOptions['traceOf'] = (deposit) => depositTrace(postgres, deposit)
  return [depositTraceRoutes({ traceOf }), stream]
}

/** What becomes of what merchants and users have. */
function paymentRoutes(options: ApiServerOptions): Routes[] {
  const { postgres, logger, settlementTerms: defaults, channelRules: rules } = options
  const { notifications: terms } = options
  const isSecondPerson = secondPersonOf(postgres)
  const chains = options.chains.map(({ chain }) => chain)
  const assets = options.chains.flatMap((chain) => chain.assets)
  return [
    settlementsOf(postgres, { assets, defaults }),
    reconciliationApi({
      ...{ postgres, chains, logger, rules, isSecondPerson },
      once: (actsIn) => postgresOnce(postgres, actsIn),
    }),
    treasuryApi({ postgres, chains: options.treasuries, logger }),
    analyticsRoutes(postgresStatisticsReader(postgres)),
    withdrawalsOf({ ...options, isSecondPerson }),
    notificationsOf(postgres, { owners: postgresOwners(postgres), assets, terms }),
  ]
}

type BookRoutesOptions = Pick<BalanceRoutesOptions, 'owners' | 'assets'>

/** What the ledger tells of users. */
const bookRoutes = (
  { postgres, reading = postgres }: Pick<ApiServerOptions, 'postgres' | 'reading'>,
  options: BookRoutesOptions,
) => [
  balanceRoutes({
    ...options,
    currentBalances: currentBalances(reading),
    balancesAt: (owner, moment) => balancesAt(postgres, owner, moment),
  }),
  statementRoutes({
    ...options,
    readStatement: (request) => readStatement(postgres, request),
  }),
]

const differencesOf = ({ postgres, logger }: ApiServerOptions): Routes =>
  balanceDifferenceRoutes({
    differences: postgresBalanceDifferences(postgres),
    onResolved: (facts) => logger.warn(facts, 'an operator closed a balance difference'),
  })

function deadLettersOf({ postgres, broker, logger, metrics }: ApiServerOptions): Routes {
  const states = postgresLetterStates(postgres)
  if (broker) measureDeadLetters(metrics, { broker, states })
  const onSeenTo: DeadLetterRoutesOptions['onSeenTo'] = (facts) =>
    logger.warn(facts, 'an operator saw to dead letters')
  return deadLetterRoutes({ broker, states, onSeenTo })
}

function logUnlatched(logger: Logger, plan: UnlatchPlan): void {
  const { chain, reason, checkpoint, keeps, blocks, isBelowFinal, reversed } = plan
  const taken = { from: checkpoint?.number, keeps: keeps?.number ?? null, blocks, isBelowFinal }
  logger.warn({ chain, reason, ...taken, reversed }, 'an operator lifted the latch of a chain')
}

function logReleased(logger: Logger, request: ReleaseRequest, was: Withheld): void {
  const { chain, txHash, position, reason } = request
  const facts = { chain, deposit: `${chain}:${txHash}:${position}`, withheld: was.reason, reason }
  logger.warn(facts, 'an operator released a deposit that was not credited')
}
