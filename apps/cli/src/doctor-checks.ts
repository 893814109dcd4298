import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { describeError } from '@coffer/errors/app-error'
import { TOPICS } from '@coffer/events/topics'
import { jsonRpc } from '@coffer/evm/json-rpc'
import { ROLE_GRANTS } from '@coffer/grants/app-grants'
import { grantProblems } from '@coffer/grants/grant-problems'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { checkSeals } from '@coffer/ledger/check-seals'
import { type MessagingSettings, messagingConfig } from '@coffer/messaging/messaging-settings'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { createLogger } from '@coffer/telemetry/logger'
import { sql } from 'drizzle-orm'
import type { Check } from './health-checks.ts'

/** What was looked at, what was found, and what to do where it is not well, or is slow. */
export type Finding = Check & { advice?: string }

type Found = Omit<Finding, 'name'>

/** What answers later is as good as away, milliseconds. It asks everybody at once, in no hurry. */
const ANSWER_MS = 20_000

async function looked(name: string, advice: string, look: () => Promise<Found>): Promise<Finding> {
  try {
    const found = await look()
    return found.isWell ? { name, ...found } : { name, advice, ...found }
  } catch (error) {
    return { name, isWell: false, says: rootOf(error), advice }
  }
}

/** What a failure comes from: queries and calls that failed are no news to who is to see to it. */
function rootOf(error: unknown): string {
  const isWrapped = error instanceof Error && error.cause instanceof Error
  return isWrapped ? rootOf(error.cause) : describeError(error)
}

const opened = (url: string) =>
  openPostgres(url, { applicationName: 'doctor', statementTimeoutMs: ANSWER_MS })

/** Whether the database answers and keeps what it acknowledges, even when its machine dies. */
export const findDatabase = (url: string): Promise<Finding> =>
  looked('database', 'Start PostgreSQL, or put DATABASE_URL right.', async () => {
    await using postgres = opened(url)
    const settings = await settingsOf(postgres)
    const off = Object.entries(settings).filter(([, value]) => value === 'off')
    if (off.length === 0) return { isWell: true, says: 'answers, and keeps what it acknowledges' }
    const names = off.map(([name]) => name).join(', ')
    return {
      isWell: false,
      says: `${names} is off: a crash of its machine loses what was acknowledged`,
      advice: `Set ${names} to on in postgresql.conf and reload it.`,
    }
  })

async function settingsOf(postgres: Postgres): Promise<Record<string, string>> {
  const rows = await postgres.execute<{ name: string; setting: string }>(sql`
    select name, setting from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit')`)
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

/** Further apart, times of different processes can't be compared, milliseconds. */
const CLOCKS_APART_MS = 2_000

/** Whether the clocks of the database and of this machine agree. */
export const findClocks = (url: string): Promise<Finding> =>
  looked('clocks', 'Let NTP set the clocks of both machines.', async () => {
    await using postgres = opened(url)
    const beforeMs = Date.now()
    const [row] = await postgres.execute<{ ms: number }>(
      sql`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`,
    )
    const apart = Math.round((row?.ms ?? 0) - (beforeMs + Date.now()) / 2)
    const says = `the database's is ${Math.abs(apart)} ms ${apart < 0 ? 'behind' : 'ahead of'} ours`
    return { isWell: Math.abs(apart) <= CLOCKS_APART_MS, says }
  })

/** Whether each app's role may do what it should and nothing else. */
export const findRoles = (url: string): Promise<Finding> =>
  looked('roles', 'Put them right: coffer migrate.', async () => {
    await using postgres = opened(url)
    const known = await postgres.execute<{ role: string }>(sql`
      select rolname::text as role from pg_roles where rolname like 'coffer\\_%'`)
    const there = ROLE_GRANTS.filter(({ role }) => known.some((each) => each.role === role))
    const problems = await grantProblems(postgres, there)
    const [first] = problems
    if (first !== undefined) {
      const more = problems.length - 1
      return { isWell: false, says: more > 0 ? `${first}, and ${more} more` : first }
    }
    const missing = ROLE_GRANTS.length - there.length
    if (missing === 0) return { isWell: true, says: 'each app has its own, with what it needs' }
    return { isWell: true, says: `${missing} apps have none: they may do what their login may` }
  })

/** Whether the broker answers and has every topic with the partitions it should have. */
export const findBroker = (settings: MessagingSettings): Promise<Finding> =>
  looked(
    'broker',
    'Start the broker, then create what is missing: coffer topics create.',
    async () => {
      const logger = createLogger('doctor', 'silent')
      const config = messagingConfig(settings)
      const messaging = await openMessaging({ ...config, clientId: 'doctor', logger })
      await using log = await messaging.log()
      const problems = await Promise.all(
        TOPICS.map(async ({ name, partitions }) => {
          const extents = await log.extents(name).catch(() => [])
          if (extents.length === partitions) return []
          return [`${name} has ${extents.length} partitions and not ${partitions}`]
        }),
      )
      const all = problems.flat()
      if (all.length > 0) return { isWell: false, says: all.join('; ') }
      return {
        isWell: true,
        says: `${settings.MESSAGING} answers and has its ${TOPICS.length} topics`,
      }
    },
  )

/** Whether Redis answers. Without it jobs wait for their schedule, and nothing is lost. */
export const findRedis = (url: string): Promise<Finding> =>
  looked('redis', 'Start Redis, or put REDIS_URL right.', async () => {
    const answer = await pinged(new URL(url))
    // One that wants a password answers, and the processes that have it tell whether it is right.
    const isWell = answer.startsWith('+PONG') || answer.startsWith('-NOAUTH')
    return { isWell, says: isWell ? 'answers' : `answers ${JSON.stringify(answer)}` }
  })

function pinged({ hostname: host, port, protocol }: URL): Promise<string> {
  const to = { host, port: Number(port || 6_379) }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = protocol === 'rediss:' ? connectTls(to) : connect(to)
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('it does not answer')))
  socket.once('data', (bytes) => resolve(bytes.toString().trim()))
  socket.once('error', reject)
  socket.write('PING\r\n')
  return promise.finally(() => socket.destroy())
}

/** Whether a node answers for the chain that is meant. */
export const findEndpoint = (chain: string, url: string): Promise<Finding> =>
  looked(
    `node ${new URL(url).host}`,
    'Put RPC_URLS or CHAIN_ID right, or ask the provider of the node.',
    async () => {
      await using rpc = jsonRpc(url, { connectionsMax: 1 })
      const calls = ['eth_chainId', 'eth_blockNumber'].map((method) => ({ method, params: [] }))
      const [served, head] = (await rpc.batch(calls)).map(Number)
      const isWell = `eip155:${served}` === chain
      const says = `serves eip155:${served}, block ${head}`
      return { isWell, says: isWell ? says : `${says}; ${chain} is meant` }
    },
  )

/** Whether the books agree with themselves. */
export const findLedger = (url: string): Promise<Finding> =>
  looked('ledger', 'See docs/operations.md, "The books": find out who wrote there.', async () => {
    await using postgres = openPostgres(url, { applicationName: 'doctor' })
    const violations = [...(await checkLedger(postgres)), ...(await checkSeals(postgres, []))]
    const [first] = violations
    if (first === undefined)
      return { isWell: true, says: 'agrees with itself: I1, I6 and I10 hold' }
    const says = `${first.invariant} does not hold. ${first.subject}: ${first.problem}`
    return {
      isWell: false,
      says: violations.length > 1 ? `${says}, and ${violations.length - 1} more` : says,
    }
  })

/** Less is too little for a night, bytes. */
const FREE_BYTES_MIN = 2_000_000_000

/** Whether there is room where the folder `home` of a Coffer is, or would be. */
export const findDisk = (home: string): Promise<Finding> =>
  looked('disk', `Make room: old logs below ${join(home, 'logs')} may go.`, async () => {
    const { bavail, bsize, blocks } = await statfs(existsSync(home) ? home : '.')
    const free = bavail * bsize
    const says = `${(free / 1e9).toFixed(1)} GB free, ${Math.round((bavail / blocks) * 100)} %`
    return { isWell: free >= FREE_BYTES_MIN, says }
  })
