import type { Room } from './room.ts'
import type { Process, Schedule } from './schedule.ts'

type Kind = 'scanner' | 'relay' | 'accounts' | 'bookings'

export type FleetOptions = Record<Kind, (process: Process) => Promise<void>> & {
  onKilled: (process: Process) => void
}

/** Two processes of each kind. One that is killed is started again, with nothing in memory. */
export type Fleet = {
  killOne(): void
  /** Every process, or every one of a kind. */
  killAll(kind?: Kind): void
  freezeOne(): void
}

const KINDS: readonly Kind[] = ['scanner', 'relay', 'accounts', 'bookings']

export function processFleet(room: Room, schedule: Schedule, options: FleetOptions): Fleet {
  const { random, coverage, trace } = room
  let started = 0
  const start = (kind: Kind) => {
    started += 1
    return { kind, process: schedule.start(`${kind}-${started}`, options[kind]) }
  }
  const running = [...KINDS, ...KINDS].map(start)
  const kill = (place: number) => {
    const { kind, process } = running[place] as (typeof running)[number]
    trace.say(`${process.name}: is killed`)
    schedule.kill(process)
    options.onKilled(process)
    running[place] = start(kind)
    coverage.saw(`process: ${kind} killed`)
  }
  return {
    killOne: () => kill(random.below(running.length)),
    killAll(only) {
      if (only === undefined) coverage.saw('process: all killed')
      for (const [place, { kind }] of running.entries()) {
        if (only === undefined || kind === only) kill(place)
      }
    },
    freezeOne() {
      const { process } = random.pick(running)
      trace.say(`${process.name}: is frozen`)
      schedule.freeze(process, 20 + random.below(200))
      coverage.saw('process: frozen')
    },
  }
}
