import type { Clock } from '@coffer/runtime/clock'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import type { Trace } from './trace.ts'

/** A process of the simulation: whatever it awaits of others, it waits for its turn there. */
export type Process = {
  name: string
  /** Resolves when the schedule says so; never, once the process was killed. */
  turn(what: string): Promise<void>
  /** Time as it knows it: a turn of anybody's is a millisecond. */
  clock: Clock
  /**
   * The same, for a process with nothing to do: it lets the others have some turns first, and
   * `times` as many where nobody waits for it.
   */
  idle(times?: number): Promise<void>
}

/** Who goes next is drawn from the seed, and only one goes at a time. */
export type Schedule = {
  /** Starts a process. What it throws in the end is told to `onFailure`. */
  start(name: string, run: (process: Process) => Promise<void>): Process
  /** Gives one turn, and waits until whoever got it waits again. */
  step(): Promise<void>
  /** Ends a process where it waits: nothing that it had in memory is ever heard of again. */
  kill(process: Process): void
  /** Gives a process no turn for so many turns of the others. */
  freeze(process: Process, turns: number): void
  thaw(): void
  /** Time as processes know it. */
  nowMs(): number
}

type Waiting = { process: Process; what: string; from: number; go: () => void }
type Timer = { process: Process; at: number; ring: () => void }

export function openSchedule(
  random: SeededRandom,
  { trace, onFailure }: { trace: Trace; onFailure: (error: unknown) => void },
): Schedule {
  let waiting: Waiting[] = []
  let turns = 0
  const killed = new WeakSet<Process>()
  const frozen = new Map<Process, number>()
  const isReady = ({ process, from }: { process: Process; from: number }) =>
    Math.max(frozen.get(process) ?? 0, from) <= turns
  let timers: Timer[] = []
  let nextAt = Number.POSITIVE_INFINITY

  const pause = (process: Process, ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve()
      const timer: Timer = { process, at: turns + ms, ring: resolve }
      timers.push(timer)
      nextAt = Math.min(nextAt, timer.at)
      signal?.addEventListener('abort', () => {
        timer.at = Number.POSITIVE_INFINITY
        resolve()
      })
    })
  /** Rings whatever is due; those of a frozen process when it is thawed. */
  const ringTimers = (): boolean => {
    if (turns < nextAt) return false
    const due = timers.filter(({ process, at: from }) => isReady({ process, from }))
    timers = timers.filter((timer) => timer.at < Number.POSITIVE_INFINITY && !due.includes(timer))
    nextAt = timers.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
    for (const { ring } of due) ring()
    return due.length > 0
  }

  return {
    start(name, run) {
      const wait = (what: string, from: number) =>
        new Promise<void>((go) => {
          if (!killed.has(process)) waiting.push({ process, what, from, go })
        })
      const process: Process = {
        name,
        turn: (what) => wait(what, turns),
        clock: { nowMs: () => turns, pause: (ms, signal) => pause(process, ms, signal) },
        idle: (times = 1) => wait('wakes up', turns + times * (5 + random.below(25))),
      }
      run(process).catch(onFailure)
      return process
    },
    async step() {
      turns += 1
      const hasRung = ringTimers()
      const ready = waiting.filter(isReady)
      if (ready.length === 0 && !hasRung) return
      if (ready.length > 0) {
        const next = random.pick(ready)
        waiting.splice(waiting.indexOf(next), 1)
        trace.say(`${next.process.name}: ${next.what}`)
        next.go()
      }
      // Nothing here waits for anything but a turn, so this is after all that the turn brought.
      // From within a promise, for a tick from elsewhere comes before those that are settled.
      await Promise.resolve()
      await new Promise<void>((go) => process.nextTick(go))
    },
    kill(process) {
      killed.add(process)
      waiting = waiting.filter((each) => each.process !== process)
      timers = timers.filter((each) => each.process !== process)
    },
    freeze: (process, forTurns) => frozen.set(process, turns + forTurns),
    thaw: () => frozen.clear(),
    nowMs: () => turns,
  }
}
