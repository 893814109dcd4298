import { spawnSync } from 'node:child_process'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { AssetId } from '@coffer/money/asset'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { cpuSeconds } from './cpu-seconds.ts'
import { load } from './load.ts'
import { hundredths } from './measured.ts'
import { ascending, percentile } from './percentile.ts'
import { tell } from './tell.ts'

const USERS = 10_000
/** Of one user at most; the next user has one more, or one again. */
const ASSETS = 5
const IN_FLIGHT = 64
/** Users credited in one transaction. */
const CHUNK = 500

/**
 * Requests a second for users' balances, as they are when they are asked for, and how long an
 * answer takes; by an API that has one core at most, with the load generator and the database on
 * the same machine. Throws at an answer that isn't what was booked.
 */
export async function reads({ count = 200_000 }: { count?: number }) {
  const env = { LOG_LEVEL: 'warn', HEAD_AGE_MAX_SECONDS: '0' }
  await using coffer = await startCoffer({ env, apps: ['api'], onProgress: tell })
  await using postgres = openPostgres(coffer.urls.DATABASE_URL, { applicationName: 'bench' })
  const users = await creditedUsers(postgres)
  tell(`${users.length} users have their balances`)
  const isPinned = pinToOneCore(coffer)
  const answers = new Map<string, string>()
  const asked = requestsFor(coffer, { users, answers })

  await load({ ...asked, inFlight: IN_FLIGHT, count: Math.max(USERS, Math.ceil(count / 10)) })
  const before = cpusOf(coffer)
  const measured = await load({ ...asked, inFlight: IN_FLIGHT, count })
  const after = cpusOf(coffer)

  const latencies = ascending(measured.latenciesMs)
  const taken = (name: keyof typeof before) => after[name] - before[name]
  const us = (name: keyof typeof before) => {
    const each = Math.round((taken(name) * 1e6) / count)
    return Number.isNaN(each) ? null : each
  }
  return {
    parameters: { count, users: USERS, assetsMax: ASSETS, inFlight: IN_FLIGHT, isPinned },
    requestsPerSecond: Math.round(count / measured.seconds),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    apiCores: hundredths(taken('api') / measured.seconds),
    cpuUsPerRequest: { api: us('api'), postgres: us('postgres'), generator: us('generator') },
  }
}

type User = { id: string; place: number }

const assetOf = (place: number) => `eip155:1/erc20:0x${`${place + 1}`.repeat(40)}` as AssetId

/** The assets of a user, and how much of each. */
const creditsOf = ({ place }: User) =>
  Array.from({ length: 1 + (place % ASSETS) }, (_, asset) => ({
    asset: assetOf(asset),
    amount: BigInt(1_000_000 * (asset + 1) + place),
  }))

/** Users whose balances were booked, as deposits are. */
async function creditedUsers(postgres: Postgres): Promise<User[]> {
  const rows = await postgres.execute<{ id: string }>(sql`
    insert into wallets.owners (kind) select 'user' from generate_series(1, ${USERS}::int)
    returning id`)
  const users = rows.map(({ id }, place) => ({ id, place }))
  for (let from = 0; from < USERS; from += CHUNK) {
    const drafts = users.slice(from, from + CHUNK).flatMap((user) =>
      creditsOf(user).map(({ asset, amount }) => ({
        ...{ reference: `bench:${user.id}:${asset}`, code: 'bench.credit', owner: user.id },
        eventAt: new Date(),
        entries: [
          { account: { owner: 'system', code: 'custody', asset } as const, amount },
          {
            account: { owner: user.id, code: 'owner.available', asset } as const,
            amount: -amount,
          },
        ],
      })),
    )
    await postgres.transaction((tx) => postTransactions(tx, drafts))
  }
  return users
}

/** Of util-linux; where it is missing nothing is pinned. */
const TASKSET = 'taskset'

/** Whether the API may run on the first core alone from now on. */
function pinToOneCore({ apps }: Coffer): boolean {
  const { status } = spawnSync(TASKSET, ['-a', '-c', '-p', '0', `${apps.get('api')?.pid()}`])
  return status === 0
}

type Asked = { users: readonly User[]; answers: Map<string, string> }

function requestsFor({ apiUrl: url, apiKey }: Coffer, { users, answers }: Asked) {
  const tail = `host: ${new URL(url).host}\r\nauthorization: Bearer ${apiKey}\r\n\r\n`
  // Whose it is jumps about, so that those who are asked for at once are not neighbours.
  const userAt = (place: number) => users[(place * 7_919) % users.length] as User
  return {
    url,
    request: (place: number) => `GET /v1/users/${userAt(place).id}/balances HTTP/1.1\r\n${tail}`,
    onAnswer({ status, body }: { status: number; body: string }, place: number) {
      const user = userAt(place)
      // What was found to be right is right again.
      if (status === 200 && answers.get(user.id) === body) return
      if (status !== 200 || !isAsBooked(user, body)) {
        throw new Error(`Expected the balances of user ${user.id}, got ${status}: ${body}`)
      }
      answers.set(user.id, body)
    },
  }
}

function isAsBooked(user: User, body: string): boolean {
  const { items } = JSON.parse(body) as { items: { asset: string; available: string }[] }
  const told = items.map(({ asset, available }) => `${asset} ${available}`)
  const booked = creditsOf(user).map(({ asset, amount }) => `${asset} ${amount}`)
  return told.join() === booked.join()
}

function cpusOf({ stack, apps }: Coffer) {
  const { user, system } = process.cpuUsage()
  return {
    generator: (user + system) / 1e6,
    api: cpuSeconds(apps.get('api')?.pid() ?? 0) ?? Number.NaN,
    postgres: cpuSeconds(stack.part('postgres').pid ?? 0) ?? Number.NaN,
  }
}
