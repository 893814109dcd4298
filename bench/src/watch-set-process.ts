import { createHash } from 'node:crypto'
import { postgresWatchedSet } from '@coffer/deposits/watched-set'
import { parseChainId } from '@coffer/money/chain-id'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { ascending, percentile } from './percentile.ts'

export type WatchSetFigures = {
  /** Of the whole process, at its highest. */
  rssMb: number
  rssMbBefore: number
  rssMbAfter: number
  loadSeconds: number
  /** Mean of a hit and a miss. */
  lookupNs: number
  hitNs: number
  missNs: number
  /** A refresh when nothing is new. */
  refreshMsP50: number
}

const LOOKUPS = 100_000
const ROUNDS = 15
const REFRESHES = 200

const [, , url = '', chain = ''] = process.argv
await using postgres = openPostgres(url, { applicationName: 'bench' })
const watched = postgresWatchedSet(postgres, parseChainId(chain))

const rssMbBefore = mb(process.memoryUsage.rss())
const beginning = performance.now()
await watched.refresh()
const loadSeconds = (performance.now() - beginning) / 1_000
const rssMbAfter = mb(process.memoryUsage.rss())
const rssMb = mb(process.resourceUsage().maxRSS * 1_024)

const refreshes: number[] = []
for (let index = 0; index < REFRESHES; index += 1) {
  const start = performance.now()
  await watched.refresh()
  refreshes.push(performance.now() - start)
}

const hits = asRead(Array.from({ length: LOOKUPS }, (_, seed) => `0x${hashOf(seed)}`))
const misses = asRead(hits.map((_, index) => `0x${hashOf(-1 - index)}`))
const [hitNs, missNs] = [timeLookups(hits, true), timeLookups(misses, false)]

const figures: WatchSetFigures = {
  rssMb,
  rssMbBefore,
  rssMbAfter,
  loadSeconds: Math.round(loadSeconds * 10) / 10,
  lookupNs: Math.round((hitNs + missNs) / 2),
  hitNs: Math.round(hitNs),
  missNs: Math.round(missNs),
  refreshMsP50: percentile(ascending(refreshes), 0.5),
}
console.log(JSON.stringify(figures))

/** As the addresses were made: the first 20 bytes of the hash of a number's 4 bytes. */
function hashOf(seed: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(seed)
  return createHash('sha256').update(bytes).digest('hex').slice(0, 40)
}

/** Strings as they come out of a node's answer: in one piece. */
function asRead(addresses: readonly string[]): string[] {
  return JSON.parse(JSON.stringify(addresses))
}

/** Nanoseconds a lookup takes in the median of several rounds. */
function timeLookups(addresses: readonly string[], expected: boolean): number {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    let wrong = 0
    const start = performance.now()
    for (const address of addresses) if (watched.has(address) !== expected) wrong += 1
    rounds.push(((performance.now() - start) * 1e6) / addresses.length)
    if (wrong > 0) throw new Error(`${wrong} of ${addresses.length} lookups answered wrongly.`)
  }
  return percentile(ascending(rounds), 0.5)
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}
