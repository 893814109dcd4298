import { seededRandom } from '@coffer/simulator/seeded-random'
import type { Coverage } from './coverage.ts'
import { disturb } from './disturbances.ts'
import { expectedBookings } from './expected-bookings.ts'
import { judgeBeside } from './judge-beside.ts'
import { hasTip, judge, whatIsLeft } from './judge-world.ts'
import { passAForgery } from './pass-a-forgery.ts'
import { passALatch } from './pass-a-latch.ts'
import { DEPTH_MAX, policyOf } from './policy.ts'
import type { Room } from './room.ts'
import { openSchedule, type Schedule } from './schedule.ts'
import { openTrace } from './trace.ts'
import { openWorld, type World } from './world.ts'

export type Verdict = {
  seed: number
  /** What is wrong; empty when every invariant held. */
  violations: readonly string[]
  /** The same for the same seed, always. */
  hash: string
  trace: readonly string[]
}

/** Turns within which everything must be at rest once nothing fails any more. */
const HEALING_TURNS_MAX = 240_000

/** Turns that a long chain is given to be scanned before it is undone. */
const SCANNING_TURNS_MAX = 6_000

/** Lives through everything that `seed` holds, lets it heal, and judges what is left. */
export async function simulateSeed(seed: number, coverage: Coverage): Promise<Verdict> {
  const random = seededRandom(seed)
  const trace = openTrace()
  const violations: string[] = []
  const room: Room = {
    ...{ random, coverage, trace, violations },
    isFaulty: true,
    mayLatch: false,
    tookBack: false,
    faultsPerMille: random.pick([0, 10, 50, 150, 300]),
  }
  const onFailure = (error: unknown) => violations.push(`unexpected: ${error}`)
  const schedule = openSchedule(random, { trace, onFailure })
  const world = openWorld(room, schedule, policyOf(random))

  try {
    await liveThrough(room, schedule, world)
    await heal(room, schedule, world)
  } catch (error) {
    onFailure(error)
  }
  return { seed, violations, hash: trace.hash(), trace: trace.lines() }
}

async function liveThrough(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { random } = room
  const { policy, story } = world
  story.mineMany(policy.blocksBefore)
  if (policy.isDeep) {
    for (let turn = 0; turn < SCANNING_TURNS_MAX; turn++) {
      if (turn % 16 === 0 && (await hasTip(world))) break
      await schedule.step()
    }
    story.reorgBy(90 + random.below(111))
  }
  for (let turn = 0; turn < policy.turns; turn++) {
    const draw = random.below(1_000)
    if (draw < policy.storyPerMille) story.happen()
    else if (draw < policy.storyPerMille + policy.disturbancesPerMille) await disturb(room, world)
    await schedule.step()
  }
}

/** Nothing fails any more. What is wrong then stays wrong. */
async function heal(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { scan, outbox, policy, story, topic, fleet } = world
  room.isFaulty = false
  world.nodes.heal()
  outbox.endLease(topic)
  scan.database.endLease()
  world.witness.leaseEnded()
  schedule.thaw()
  // Whatever was configured meanwhile is known to every process from here on.
  fleet.killAll('scanner')
  room.trace.say('chain: everything heals')
  // Without another block, too: it may be that none comes for long.
  await rest(room, schedule, async () =>
    (await hasTip(world)) ? undefined : 'the newest block is not stored',
  )
  story.mineBeyond(DEPTH_MAX)
  await settle(room, schedule, world)
  const expected = expectedBookings(world)
  judge(room, world, expected)
  await judgeBeside(room, world)
  if (policy.isStrict && room.violations.length === 0) {
    await passLatch(room, schedule, world)
  } else if (room.violations.length === 0 && room.random.below(3) === 0) {
    await rescanAll(room, schedule, world)
  }
}

/** Until nothing is left to do, and what was told to an operator is read again. */
async function settle(room: Room, schedule: Schedule, world: World): Promise<void> {
  await rest(room, schedule, () => whatIsLeft(world))
  if (room.violations.length > 0 || !(await world.operator.rescanTold())) return
  // What a rescan has explained is closed by the next proof.
  world.story.mineBeyond(DEPTH_MAX)
  await rest(room, schedule, () => whatIsLeft(world))
  const [gap] = await world.scan.database.gaps.counts()
  if (gap) room.violations.push(`I11: ${gap.blocks} blocks of ${gap.kind} were read, and are owed`)
}

async function passLatch(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { scan, story, witness, nodes, policy, ledger } = world
  const options = {
    ...{ scan, story, witness, nodes, version: ledger.contents },
    ...{ reorgDepthMax: policy.reorgDepthMax, start: policy.start },
    confirmations: policy.confirmations,
    until: (left: () => Promise<string | undefined>) => rest(room, schedule, left),
    async awhile() {
      for (let turn = 0; turn < 500; turn++) await schedule.step()
    },
  }
  // With a single node there is nobody to contradict what it makes up.
  const isForgery = policy.nodes === 1 && room.random.below(2) === 0
  await (isForgery ? passAForgery : passALatch)(room, options)
  await settle(room, schedule, world)
  judge(room, world, expectedBookings(world))
  await judgeBeside(room, world)
}

/** Finds also what was paid before its address was registered, or its token listed. */
async function rescanAll(room: Room, schedule: Schedule, world: World): Promise<void> {
  const { scan } = world
  const { must, may, recorded } = expectedBookings(world)
  scan.database.requestRescan(0n, scan.chain.blocks().at(-1)?.number ?? 0n)
  await rest(room, schedule, () => whatIsLeft(world))
  const isProven = ({ isDoubtful }: { isDoubtful: boolean }) => !isDoubtful
  const stillMay = may.filter((each) => !isProven(each))
  judge(room, world, { must: [...must, ...may.filter(isProven)], may: stillMay, recorded })
}

/** Goes on until nothing is left to do, and says so as I11 when that takes too long. */
async function rest(
  room: Room,
  schedule: Schedule,
  left: () => Promise<string | undefined>,
): Promise<void> {
  for (let turn = 0; turn < HEALING_TURNS_MAX; turn++) {
    if (room.violations.length > 0) return
    if (turn % 16 === 0 && (await left()) === undefined) return
    await schedule.step()
  }
  room.violations.push(`I11: everything has healed, and yet ${await left()}`)
}
