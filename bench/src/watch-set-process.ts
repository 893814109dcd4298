import { createHash, randomInt } from 'node:crypto'
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
  /** Asked as a scanner asks: for the receivers in a block's logs at once, half of them watched. */
  lookupNs: number
  /** The same where all are watched, and where none is. */
  hitNs: number
  missNs: number
  /** Asked for one address after the other, half of them watched. */
  singleNs: number
  /** A refresh when nothing is new. */
  refreshMsP50: number
}

/** More than the caches of a processor have room for. */
const LOOKUPS = 500_000
const ROUNDS = 9
const REFRESHES = 200

/** Addresses that are asked for at once: the receivers of the tokens in one block. */
const AT_ONCE = 50
const PADDING = '0'.repeat(24)
/** What a receiver's topic takes in an answer here, and where its digits begin. */
const [TOPIC_TEXT, DIGITS_FROM] = [69, 27]

const [, , url = '', chain = '', count = ''] = process.argv
/** How many addresses are watched. */
const COUNT = Number(count)
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

const watchedOnes = Array.from({ length: LOOKUPS }, () => hashOf(randomInt(COUNT)))
const others = Array.from({ length: LOOKUPS }, (_, index) => hashOf(-1 - index))
const mixed = watchedOnes.map((each, index) => (randomInt(2) ? each : (others[index] ?? '')))
const isAmong = new Set(watchedOnes)
const figures: WatchSetFigures = {
  rssMb,
  rssMbBefore,
  rssMbAfter,
  loadSeconds: Math.round(loadSeconds * 10) / 10,
  lookupNs: timeLookups(mixed),
  hitNs: timeLookups(watchedOnes),
  missNs: timeLookups(others),
  singleNs: timeSingleLookups(mixed),
  refreshMsP50: percentile(ascending(refreshes), 0.5),
}
console.log(JSON.stringify(figures))

/** As the addresses were made: the first 20 bytes of the hash of a number's 4 bytes. */
function hashOf(seed: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(seed)
  return createHash('sha256').update(bytes).digest('hex').slice(0, 40)
}

/** Nanoseconds a lookup takes in an answer's bytes, many at once. */
function timeLookups(addresses: readonly string[]): number {
  const answer = Buffer.from(addresses.map((digits) => `"0x${PADDING}${digits}",`).join(''))
  const batches: number[][] = []
  for (const [index] of addresses.entries()) {
    if (index % AT_ONCE === 0) batches.push([])
    batches.at(-1)?.push(index * TOPIC_TEXT + DIGITS_FROM)
  }
  return timeRounds(addresses, () =>
    batches.reduce((found, places) => found + watched.among(answer, places).length, 0),
  )
}

/** The same of texts, one after the other. They are as a parser makes them: in one piece. */
function timeSingleLookups(addresses: readonly string[]): number {
  const texts: string[] = JSON.parse(JSON.stringify(addresses.map((digits) => `0x${digits}`)))
  return timeRounds(addresses, () => texts.reduce((sum, text) => sum + +watched.has(text), 0))
}

/** Nanoseconds for each of the addresses in the median of several rounds, which count the hits. */
function timeRounds(addresses: readonly string[], round: () => number): number {
  const expected = addresses.filter((digits) => isAmong.has(digits)).length
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    const found = round()
    const took = performance.now() - start
    if (found !== expected) throw new Error(`${found} of ${expected} addresses were found.`)
    return (took * 1e6) / addresses.length
  })
  return Math.round(percentile(ascending(rounds), 0.5))
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}
