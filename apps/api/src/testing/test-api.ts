import { randomUUID } from 'node:crypto'
import { accessMigrations } from '@coffer/access/migrations'
import { analyticsMigrations } from '@coffer/analytics/migrations'
import { depositsMigrations } from '@coffer/deposits/migrations'
import { connectingAs } from '@coffer/grants/connecting-as'
import { grantApps } from '@coffer/grants/grant-apps'
import type { HttpServer } from '@coffer/http/server'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { notificationsMigrations } from '@coffer/notifications/migrations'
import { paymentsMigrations } from '@coffer/payments/migrations'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { reconciliationMigrations } from '@coffer/reconciliation/migrations'
import { settlementsMigrations } from '@coffer/settlements/migrations'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { withdrawalsMigrations } from '@coffer/withdrawals/migrations'
import { policySettings } from '@coffer/withdrawals/policy-settings'
import type { InjectOptions } from 'fastify'
import { z } from 'zod'
import { type ApiServerOptions, apiServer } from '../api-server.ts'

export const CHAIN = chainIdOf(31337)
const TOKEN = `0x${'ab'.repeat(20)}` as const
export const NATIVE_ASSET: Asset = {
  id: nativeAssetId(CHAIN),
  chain: CHAIN,
  contract: null,
  symbol: 'ETH',
  decimals: 18,
}
export const TOKEN_ASSET: Asset = {
  id: erc20AssetId(CHAIN, TOKEN),
  chain: CHAIN,
  contract: TOKEN,
  symbol: 'USDC',
  decimals: 6,
}

const KEY = 'a-test-key-of-sixteen-or-more'

/** `m/44'/60'/0'` of the mnemonic `test test test test test test test test test test test junk`. */
export const XPUB =
  'xpub6Ce9NcJvTk36xtLSrJLZqE7wtgA5deCeYs7rSQtreh4cj6ByPtrg9sD7V2FNFLPnf8heNP3FGkeV9qwfzvZNSd54JoNXVsXFYSYwHsnJxqP'

/** An answer of the API: its status and JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of the body.
export type Answer = { status: number; body: any; type: string }

export type TestApi = AsyncDisposable & {
  server: HttpServer
  postgres: Postgres
  /** Takes the database away from it. */
  disconnect(): Promise<void>
  /** What an accepted caller sends. */
  headers: { authorization: string }
  get(url: string): Promise<Answer>
  /** Each time under another Idempotency-Key. */
  post(url: string, payload?: string | object, contentType?: string): Promise<Answer>
}

/**
 * The whole API on a database of its own, called without a socket. It connects as its role, so that
 * what that may not do shows; `postgres` is of whoever may do everything.
 */
export async function testApi(options: Partial<ApiServerOptions> = {}): Promise<TestApi> {
  const database = await testDatabase([
    accessMigrations,
    messagingMigrations,
    walletsMigrations,
    ledgerMigrations,
    depositsMigrations,
    paymentsMigrations,
    settlementsMigrations,
    reconciliationMigrations,
    analyticsMigrations,
    withdrawalsMigrations,
    notificationsMigrations,
  ])
  await grantApps(database.postgres, ['api'])
  const url = new URL(database.url)
  url.searchParams.set('options', connectingAs('api'))
  const own = openPostgres(url.href, { applicationName: 'api' })
  const server = await apiServer({
    postgres: own,
    chains: [{ chain: CHAIN, assets: [NATIVE_ASSET, TOKEN_ASSET] }],
    isVerified: () => true,
    treasuries: [],
    nodeOf: () => {
      throw new Error('No node stands behind this API.')
    },
    broker: undefined,
    apiKeys: [KEY],
    xpub: XPUB,
    withdrawals: z.object(policySettings).parse({}),
    headAgeMaxSeconds: 60,
    notifications: {
      ...{ secretsKey: Buffer.alloc(32, 7), allowHttp: false },
      ...{ brand: 'Coffer', explorers: new Map() },
    },
    settlementTerms: {
      ...{ thresholds: {}, threshold: 1n, holdBackDays: 0 },
      ...{ reserveBasisPoints: 0, reserveDays: 30 },
    },
    channelRules: { graceMs: 0, tolerances: [] },
    logger: silentLogger,
    metrics: createMetrics('api'),
    ...options,
  })
  const headers = { authorization: `Bearer ${KEY}` }
  const call = async (request: InjectOptions): Promise<Answer> => {
    const response = await server.inject(request)
    const type = String(response.headers['content-type'])
    return { status: response.statusCode, type, body: type.includes('json') ? response.json() : {} }
  }
  return {
    server,
    postgres: database.postgres,
    disconnect: async () => await own[Symbol.asyncDispose](),
    headers,
    get: (url) => call({ url, headers }),
    post: (url, payload, contentType) =>
      call({
        method: 'POST',
        url,
        headers: {
          ...{ ...headers, 'idempotency-key': randomUUID() },
          ...(contentType ? { 'content-type': contentType } : {}),
        },
        ...(payload === undefined ? {} : { payload }),
      }),
    async [Symbol.asyncDispose]() {
      await server.close()
      await own[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
