import { setTimeout as pause } from 'node:timers/promises'
import { apiClient } from '@coffer/cli/api-client'
import { seededRandom } from '@coffer/simulator/seeded-random'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { checkInvariants } from '../e2e/invariants.ts'
import { settled } from '../e2e/settled.ts'
import { type ChainRecord, chainRecord } from './chain-record.ts'
import { processTrouble } from './process-trouble.ts'
import type { Tell } from './progress.ts'
import { type ChainCounts, randomChain } from './random-chain.ts'
import { readAudit } from './read-audit.ts'
import { type FaultCounts, rpcTrouble } from './rpc-trouble.ts'
import { type MemorySamples, sampleMemory } from './sample-memory.ts'
import type { Soaked } from './soak-verdict.ts'
import { type SoakedCoffer, soakedCoffer } from './soaked-coffer.ts'

export type SoakOptions = {
  minutes: number
  seed: number
  signal: AbortSignal
  tell: Tell
}

const USERS = 50

/** How often memory is looked at, milliseconds. */
const SAMPLE_MS = 10_000

/** Of its time: until when processes are killed, and from when on their memory counts. */
const KILLS_END = 0.35
const WARM = 0.5

/** How long everything may take to settle when all is healed, milliseconds. */
const SETTLE_MS = 300_000

/** Runs a soak to its end. Throws when it is told to stop, or when what was healed stays ill. */
export async function runSoak({ minutes, seed, signal, tell }: SoakOptions): Promise<Soaked> {
  await using soaked = await soakedCoffer({ users: USERS, seed, tell })
  signal.throwIfAborted()
  const lastsMs = minutes * 60_000
  const beginning = performance.now()
  const atMs = () => performance.now() - beginning
  const chain: ChainCounts = { paid: 0, reorgs: 0 }
  const faults: FaultCounts = new Map()
  const memory: MemorySamples = { rss: new Map(), live: new Map() }
  const random = (part: number) => seededRandom(seed * 10 + part)
  const mayKill = () => atMs() < lastsMs * KILLS_END
  const record = chainRecord(soaked)
  const ending = AbortSignal.any([signal, AbortSignal.timeout(lastsMs)])

  await untilAllEnd(ending, [
    (over) =>
      randomChain(soaked, {
        random: random(1),
        signal: over,
        everyMs: 1_500,
        counts: chain,
        record,
      }),
    (over) => rpcTrouble(soaked.endpoints, { random: random(2), signal: over, counts: faults }),
    (over) =>
      processTrouble(soaked, {
        ...{ random: random(3), signal: over, counts: faults },
        ...{ tell, mayKill, everyMs: 10_000 },
      }),
    (over) => watch(soaked, { signal: over, memory, chain, tell, atMs }),
  ])
  signal.throwIfAborted()

  tell('healing')
  for (const endpoint of soaked.endpoints) endpoint.heal()
  soaked.wire.heal()
  return {
    ...(await outcome(soaked, { record, signal, tell })),
    ...{ reorgs: chain.reorgs, faults: Object.fromEntries(faults), memory },
    warmAtMs: lastsMs * WARM,
  }
}

/** Does all at once until `signal`; if one fails the others end too, and then it is thrown. */
async function untilAllEnd(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failing = new AbortController()
  const over = AbortSignal.any([signal, failing.signal])
  const outcomes = await Promise.allSettled(
    works.map((work) =>
      work(over).catch((error: unknown) => {
        failing.abort()
        throw error
      }),
    ),
  )
  const failed = outcomes.find((each) => each.status === 'rejected')
  if (failed) throw failed.reason
}

type Watch = {
  signal: AbortSignal
  memory: MemorySamples
  chain: ChainCounts
  tell: Tell
  atMs: () => number
}

/** Looks at everybody's memory, and reads what users read. Tells how far it is, now and then. */
async function watch(soaked: SoakedCoffer, options: Watch): Promise<void> {
  const { signal, memory, chain, tell, atMs } = options
  const { apiUrl: api, apiKey } = soaked.coffer
  const ask = apiClient({ api, apiKey })
  for (let sample = 0; !signal.aborted; sample += 1) {
    await sampleMemory(soaked, { samples: memory, atMs: atMs() })
    const paths = [...soaked.owners.values()].map((id) => `/v1/users/${id}/balances`)
    for (const path of ['/v1/chains', '/v1/deposits?limit=200', ...paths]) await ask('GET', path)
    if (sample % 6 === 0) {
      const held = [...memory.live].map(([name, own]) => `${name} ${own.at(-1)?.mb.toFixed(1)} MB`)
      tell(`${chain.paid} paid, ${chain.reorgs} reorgs; ${held.join(', ')}`)
    }
    await pause(SAMPLE_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** What is there when nothing is under way any more. */
async function outcome(
  soaked: SoakedCoffer,
  { record, signal, tell }: { record: ChainRecord; signal: AbortSignal; tell: Tell },
) {
  const { coffer, postgres, node, owners } = soaked
  // What was paid last is as deep as it must be.
  await node.mine(3)
  await settled({ coffer, postgres }, SETTLE_MS)
  const isAudited = async () => (await readAudit(postgres)).isThrough
  await waitFor(isAudited, { what: 'the audit to be through', timeoutMs: SETTLE_MS })
  signal.throwIfAborted()
  tell('comparing chain, database, topics and ledger')
  const deposits = await record.complete()
  const violations = await checkInvariants({ coffer, owners, internal: true, deposits })
  const [counted] = await postgres.execute<{ credits: number; reversals: number }>(sql`
    select count(*) filter (where code = 'deposit.credit')::int as credits,
      count(*) filter (where code = 'deposit.reversal')::int as reversals
    from ledger.transactions`)
  return {
    violations,
    ...{ deposits: counted?.credits ?? 0, reversals: counted?.reversals ?? 0 },
    blocks: Number((await node.head()).number),
    ...(await readAudit(postgres)),
  }
}
