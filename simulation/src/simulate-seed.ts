import { memoryScan } from '@coffer/deposits/testing/memory-scan'
import { memoryUnitOfWork } from '@coffer/ledger/testing/memory-unit-of-work'
import { memoryBroker } from '@coffer/messaging/memory-broker'
import { memoryOutbox } from '@coffer/messaging/testing/memory-outbox'
import { type SeededRandom, seededRandom } from '@coffer/simulator/seeded-random'
import { accountsProcess } from './accounts-process.ts'
import { bookingsProcess } from './bookings-process.ts'
import { chainStory } from './chain-story.ts'
import { consumerGroup } from './consumer-group.ts'
import type { Coverage } from './coverage.ts'
import { type Expected, judgeLedger } from './judge-ledger.ts'
import { nodeLies } from './node-lies.ts'
import { passALatch } from './pass-a-latch.ts'
import { openPayers } from './payers.ts'
import { type Meant, openPayments } from './payments.ts'
import { ownerOf } from './people.ts'
import { processFleet } from './process-fleet.ts'
import { relayProcess } from './relay-process.ts'
import type { Room } from './room.ts'
import { scannerProcess } from './scanner-process.ts'
import { openSchedule, type Schedule } from './schedule.ts'
import { storeWitness } from './store-witness.ts'
import { openTrace } from './trace.ts'

export type Verdict = {
  seed: number
  /** What is wrong; empty when every invariant held. */
  violations: readonly string[]
  /** The same for the same seed, always. */
  hash: string
  trace: readonly string[]
}

const TOPIC = 'wallet.events'
const LEASE_MS = 60_000

/** Turns within which everything must be at rest once nothing fails any more. */
const HEALING_TURNS_MAX = 60_000

/** Lives through everything that `seed` holds, lets it heal, and judges what is left. */
export async function simulateSeed(seed: number, coverage: Coverage): Promise<Verdict> {
  const random = seededRandom(seed)
  const trace = openTrace()
  const violations: string[] = []
  const faultsPerMille = random.pick([0, 10, 50, 150, 300])
  const room: Room = {
    random,
    coverage,
    trace,
    violations,
    isFaulty: true,
    mayLatch: false,
    tookBack: false,
    faultsPerMille,
  }
  const onFailure = (error: unknown) => violations.push(`unexpected: ${error}`)
  const schedule = openSchedule(random, { trace, onFailure })
  const world = openWorld(room, schedule)

  try {
    await liveThrough(room, schedule, world)
    await heal(room, schedule, world)
  } catch (error) {
    onFailure(error)
  }
  return { seed, violations, hash: trace.hash(), trace: trace.lines() }
}

type World = ReturnType<typeof openWorld>

/** Everything there is in one seed's world, but its time. */
function openWorld(room: Room, schedule: Schedule) {
  const { random } = room
  const policy = policyOf(random)
  const payments = openPayments(random, { isTraced: 'traceMethod' in policy.reading })
  const scan = memoryScan({ ...policy, ...policy.reading, watched: [], ownerOf })
  const outbox = memoryOutbox({ leaseMs: LEASE_MS })
  const broker = memoryBroker()
  const ledger = memoryUnitOfWork()
  const group = consumerGroup(room, broker, TOPIC)
  const payers = openPayers(room, { payments, register: scan.watch })
  const { chain, database } = scan
  const scanned = () => witness.height()
  const story = chainStory(room, { chain, payments, payers, scanned, ...policy.story })
  const witness = storeWitness(room, { database, outbox, story, payments })
  const lies = nodeLies(random)
  const relaying = { outbox, producer: broker.producer(), topic: TOPIC, leaseMs: LEASE_MS }
  const accounting = { group, unitOfWork: ledger.unitOfWork, version: ledger.contents }
  const place = { handled: 0 }
  const announced = () => ledger.contents().announced
  const marking = { bookings: database.bookings, announced, place }
  const fleet = processFleet(room, schedule, {
    scanner: scannerProcess(room, { scan, lies, witness }),
    relay: relayProcess(room, relaying),
    accounts: accountsProcess(room, accounting),
    bookings: bookingsProcess(room, marking),
    onKilled: (process) => group.leave(process),
  })
  return { policy, payments, payers, scan, outbox, ledger, group, story, fleet, witness, place }
}

/** Without traces, or by either method. */
const READINGS = [
  {},
  { traceMethod: 'debug_traceBlockByHash' },
  { traceMethod: 'trace_block' },
] as const

function policyOf(random: SeededRandom) {
  const isDeep = random.below(12) === 0
  // A chain that allows few blocks to be undone, and on which none are until the end.
  const isStrict = !isDeep && random.below(8) === 0
  return {
    confirmations: 1 + random.below(6),
    chunkBlocks: 1 + random.below(isDeep ? 24 : 5),
    chunksMax: 1 + random.below(3),
    isStrict,
    reorgDepthMax: isStrict ? 5 + random.below(8) : 1_000,
    reading: random.pick(READINGS),
    turns: 500 + random.below(2_000),
    isDeep,
    blocksBefore: isDeep ? 205 + random.below(30) : random.below(12) + (isStrict ? 20 : 0),
    storyPerMille: random.pick([15, 30, 60]),
    disturbancesPerMille: random.pick([0, 5, 15, 40]),
    story: {
      depthMax: isDeep ? 200 : 12,
      // A third of the seeds have none at all, so that reorgs don't repair what else went wrong.
      reorgsPercent: isStrict ? 0 : random.pick([0, 8, 20]),
    },
  }
}

async function liveThrough(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { random } = room
  const { policy, story } = world
  story.mineMany(policy.blocksBefore)
  const deepAt = policy.isDeep ? await scannedOnce(schedule, world) : -1
  for (let turn = 0; turn < policy.turns; turn++) {
    if (turn === deepAt) story.reorgBy(90 + random.below(111))
    const draw = random.below(1_000)
    if (draw < policy.storyPerMille) story.happen()
    else if (draw < policy.storyPerMille + policy.disturbancesPerMille) disturb(room, world)
    await schedule.step()
  }
}

/** Lets the chain be scanned before blocks are undone, within reason. Returns when they are. */
async function scannedOnce(schedule: Schedule, world: World): Promise<number> {
  for (let turn = 0; turn < 4_000 && !(await hasTip(world)); turn++) await schedule.step()
  return 100
}

type Disturbance = (room: Room, world: World) => void

const DISTURBANCES: readonly Disturbance[] = [
  (_, { fleet }) => fleet.killOne(),
  (_, { fleet }) => fleet.freezeOne(),
  (_, { group }) => group.rebalance(),
  ({ random }, { group }) => random.below(3) === 0 && group.rewind(),
  ({ coverage }, world) => {
    endScanLease(world)
    coverage.saw('scan: lease ended')
  },
  ({ coverage }, { outbox }) => {
    outbox.endLease(TOPIC)
    coverage.saw('relay: lease ended')
  },
  ({ random }, { scan }) => {
    const height = scan.database.deposits().at(-1)?.blockNumber
    if (height === undefined) return
    // Of all, or of the newest, which a reorg may be about to take back.
    const blocks = random.pick([height + 1n, height < 3n ? 1n : 3n])
    const from = height - random.bigintBelow(blocks)
    scan.database.requestRescan(from, height)
  },
]

function disturb(room: Room, world: World): void {
  room.random.pick(DISTURBANCES)(room, world)
}

function endScanLease({ scan, witness }: World): void {
  scan.database.endLease()
  witness.leaseEnded()
}

/** Nothing fails any more. What is wrong then stays wrong. */
async function heal(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { scan, outbox, policy, story } = world
  room.isFaulty = false
  schedule.thaw()
  // What a dead process held runs out by itself.
  endScanLease(world)
  outbox.endLease(TOPIC)
  scan.chain.lag(0)
  room.trace.say('chain: everything heals')
  // Without another block, too: it may be that none comes for long.
  await rest(room, schedule, () => hasTip(world))
  story.mineBeyond(policy.confirmations)
  await rest(room, schedule, () => isAtRest(world))
  const expected = expectedOf(world)
  judge(room, world, expected)
  if (policy.isStrict && room.violations.length === 0) {
    await liftLatch(room, schedule, world)
  } else if (room.violations.length === 0 && expected.may.length > 0) {
    await rescanAll(room, schedule, world)
  }
}

async function liftLatch(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { scan, story, witness, policy, ledger } = world
  await passALatch(room, {
    ...{ scan, story, witness, version: ledger.contents },
    ...{ reorgDepthMax: policy.reorgDepthMax, confirmations: policy.confirmations },
    until: (isDone) => rest(room, schedule, isDone),
    async awhile() {
      for (let turn = 0; turn < 500; turn++) await schedule.step()
    },
  })
  await rest(room, schedule, () => isAtRest(world))
  judge(room, world, expectedOf(world))
}

/** Finds also what was paid before its address was registered. */
async function rescanAll(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { scan } = world
  const expected = expectedOf(world)
  scan.database.requestRescan(0n, scan.chain.blocks().at(-1)?.number ?? 0n)
  await rest(room, schedule, () => isAtRest(world))
  judge(room, world, { must: [...expected.must, ...expected.may], may: [] })
}

/** Goes on until nothing is left to do, and says so as I11 when that takes too long. */
async function rest(room: Room, schedule: Schedule, isDone: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < HEALING_TURNS_MAX; turn++) {
    if (room.violations.length > 0) return
    if (turn % 16 === 0 && (await isDone())) return
    await schedule.step()
  }
  room.violations.push('I11: everything has healed, and yet it does not come to rest')
}

/** Whether the tip is stored; a node that lags may be below what is stored. */
async function hasTip({ scan }: World): Promise<boolean> {
  const tip = scan.chain.blocks().at(-1)
  if (tip === undefined) return true
  const [stored] = await scan.database.store('onlooker').storedBlocks(tip.number, tip.number)
  return stored?.hash === tip.hash
}

async function isAtRest(world: World): Promise<boolean> {
  const { scan, outbox, group, ledger, place } = world
  if (place.handled < ledger.contents().announced.length) return false
  if (!(await hasTip(world))) return false
  if (await scan.database.store('onlooker').nextRescan()) return false
  return outbox.waiting(TOPIC) === 0 && group.lag() === 0
}

function judge(room: Room, { ledger, scan }: World, expected: Expected): void {
  const contents = ledger.contents()
  for (const { id, status } of scan.database.deposits()) {
    if (['final', 'seen'].includes(status)) room.violations.push(`I11: ${id} is ${status} at rest`)
  }
  room.violations.push(...judgeLedger(contents, expected))
  for (const { code, reference } of contents.transactions.values()) {
    if (code === 'deposit.reversal') room.coverage.saw('ledger: reversal')
    else room.coverage.saw('ledger: credit')
    if (/#\d+$/.test(reference)) room.coverage.saw('ledger: credit after a reversal')
  }
}

/** What the blocks that are the chain in the end pay to whom. */
function expectedOf({ scan, payments, payers }: World): Expected {
  const expected: { must: Meant[]; may: Meant[] } = { must: [], may: [] }
  for (const transaction of scan.chain.blocks().flatMap((block) => block.transactions)) {
    for (const meant of payments.meantBy(transaction)) {
      // Before its address was registered a payment is nobody's, and a rescan may find it later.
      if (!payers.isEarly(transaction, meant.to)) expected.must.push(meant)
      else if (payers.isRegistered(meant.to)) expected.may.push(meant)
    }
  }
  return expected
}
