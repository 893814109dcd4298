import { randomUUID } from 'node:crypto'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { CRASH_POINTS, type CrashPoint } from '@coffer/runtime/crash-point'
import { sql } from 'drizzle-orm'
import type { CofferUnderTest } from '../e2e/coffer-under-test.ts'
import type { Kills } from '../e2e/crash-pairs.ts'
import { type Environment, runCoffer } from '../e2e/run-coffer.ts'
import type { Tell } from '../soak/progress.ts'

type Options = { times: number; kills: Kills; tell: Tell }

/** What runs to its end leaves nothing to go on with: then the point comes again in the next. */
const RUNS_A_KILL = 4

/**
 * Kills `coffer rebuild` at each of its crash points so many times; what is left is taken up by the
 * next one. Answers what was wrong with any that came to its end.
 */
export async function crashRebuilds(
  { coffer }: CofferUnderTest,
  { times, kills, tell }: Options,
): Promise<string[]> {
  const problems: string[] = []
  const { KAFKA_BROKERS, DATABASE_URL } = coffer.urls
  const rebuild = async (url: string, args: readonly string[], env: Environment = {}) => {
    const ran = await runCoffer(['rebuild', ...args], { KAFKA_BROKERS, DATABASE_URL: url, ...env })
    // Killed, it has no code.
    if (ran.code !== null && ran.code !== 0)
      problems.push(`coffer rebuild ended with ${ran.code}: ${ran.stdout}${ran.stderr}`)
    return ran.code === null ? 'killed' : 'ended'
  }

  for (const point of CRASH_POINTS.filter((each) => each.startsWith('rebuild.'))) {
    const isIntoLive = point.endsWith('put-in-place')
    const args = isIntoLive ? ['--into-live'] : []
    const env = { NODE_ENV: 'test', CRASH_AT: `${point}:1` }
    let url = isIntoLive ? await emptyDatabase(DATABASE_URL) : DATABASE_URL
    for (let run = 0; run < times * RUNS_A_KILL && countOf(kills, point) < times; run += 1) {
      if ((await rebuild(url, args, env)) === 'killed') kills.set(point, countOf(kills, point) + 1)
      // The ledger is there now: what has put it in place refuses to do so twice.
      if (point === 'rebuild.after-put-in-place') {
        await rebuild(url, [])
        url = await emptyDatabase(DATABASE_URL)
      }
    }
    await rebuild(url, args)
    if (isIntoLive) await rebuild(url, [])
    tell(`${point}: ${countOf(kills, point)} kills`)
  }
  return problems
}

const countOf = (kills: Kills, point: CrashPoint): number => kills.get(point) ?? 0

/** A database of the same server with an empty ledger. */
async function emptyDatabase(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl)
  const name = `rebuilt_${randomUUID().replaceAll('-', '')}`
  await using postgres = openPostgres(databaseUrl, { connectionsMax: 1 })
  await postgres.execute(sql.raw(`create database ${name}`))
  url.pathname = `/${name}`
  const { code, stderr } = await runCoffer(['migrate'], { DATABASE_URL: url.href })
  if (code !== 0) throw new Error(`coffer migrate ended with ${code}: ${stderr}`)
  return url.href
}
