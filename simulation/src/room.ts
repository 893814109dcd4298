import type { SeededRandom } from '@coffer/simulator/seeded-random'
import type { Coverage } from './coverage.ts'
import type { Trace } from './trace.ts'

/** What every part of one simulated seed shares. */
export type Room = {
  random: SeededRandom
  coverage: Coverage
  trace: Trace
  /** What is wrong, by the invariant that it breaks. */
  violations: string[]
  /** Turns false when everything heals. */
  isFaulty: boolean
  /** Whether a reorg may be deeper than the policy allows by now. */
  mayLatch: boolean
  /** Whether a reorg has taken back blocks that had been stored. */
  tookBack: boolean
  /** Of a thousand, how many calls fail or are answered with a lie. */
  faultsPerMille: number
}

/** Whether something of this rate comes to pass now; never once everything has healed. */
export const strikes = (room: Room, perMille = room.faultsPerMille): boolean =>
  room.isFaulty && room.random.below(1_000) < perMille

/** What the simulation itself throws into the works. */
export class InjectedFault extends Error {}
