import type { Room } from './room.ts'
import type { World } from './world.ts'

type Disturbance = (room: Room, world: World) => unknown

const DISTURBANCES: readonly Disturbance[] = [
  (_, { fleet }) => fleet.killOne(),
  (_, { fleet }) => fleet.freezeOne(),
  ({ random }, { fleet }) => random.below(4) === 0 && fleet.killAll(),
  (_, { group }) => group.rebalance(),
  ({ random }, { group }) => random.below(3) === 0 && group.rewind(),
  ({ coverage }, { scan, witness }) => {
    scan.database.endLease()
    witness.leaseEnded()
    coverage.saw('scan: lease ended')
  },
  ({ coverage }, { outbox, topic }) => {
    outbox.endLease(topic)
    coverage.saw('relay: lease ended')
  },
  rescan,
  changeLane,
  (_, { operator }) => operator.releaseOne(),
  ({ random, coverage }, { config, fleet, policy }) => {
    if (config.isLateListed || !policy.isListedLater || random.below(3) > 0) return
    config.isLateListed = true
    coverage.saw('config: token listed')
    // One process after the other is started with it, or all at once.
    if (random.below(2) === 0) fleet.killAll('scanner')
  },
]

/** Reads calls behind the scan from now on, or with it again: processes learn it one by one. */
function changeLane({ random, coverage }: Room, { config, policy }: World): void {
  if (policy.reading.traceMethod === undefined || random.below(2) === 0) return
  config.tracesLater = !config.tracesLater
  coverage.saw('config: lane of traces switched')
}

/** One of the things happens that happen to processes and what they share. */
export async function disturb(room: Room, world: World): Promise<void> {
  await room.random.pick(DISTURBANCES)(room, world)
}

/** Of all, of the newest, which a reorg may be about to take back, or of any stretch. */
function rescan({ random, coverage }: Room, { scan, witness, policy: { start } }: World): void {
  const height = witness.height()
  if (height < start) return
  const newest = height - random.bigintBelow(3n)
  const from = random.pick([start, newest, start + random.bigintBelow(height - start + 1n)])
  const first = from < start ? start : from
  const to = random.pick([height, first + random.bigintBelow(height - first + 1n)])
  scan.database.requestRescan(first, to)
  coverage.saw('scan: rescan requested')
}
