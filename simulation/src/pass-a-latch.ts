import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import type { Confirmations } from '@coffer/evm/confirmations'
import type { ChainStory } from './chain-story.ts'
import { liftLatch } from './lift-latch.ts'
import type { Nodes } from './nodes.ts'
import type { Room } from './room.ts'
import type { StoreWitness } from './store-witness.ts'

export type LatchOptions = {
  scan: MemoryScan
  story: ChainStory
  nodes: Nodes
  witness: StoreWitness
  reorgDepthMax: number
  /** The first block that is scanned. */
  start: bigint
  confirmations: Confirmations
  /** Goes on until something is so. */
  until: (left: () => Promise<string | undefined>) => Promise<void>
  /** Goes on for some time. */
  awhile: () => Promise<void>
  /** Changes with everything that is booked. */
  version: () => unknown
}

/**
 * Lets a reorg go deeper than the policy allows, when everything is at rest: nothing may be
 * published or booked from then on, until an operator has lifted the latch.
 */
export async function passALatch(room: Room, options: LatchOptions): Promise<void> {
  const { scan, story, witness, reorgDepthMax, until, awhile, version } = options
  const { database } = scan
  const told = () => [database.events().length, version()]
  room.mayLatch = true
  const before = told()

  story.reorgBy(reorgDepthMax + 1 + room.random.below(4))
  await until(async () => {
    const state = await database.latches.state(CHAIN)
    return state?.latched ? undefined : 'the chain is not latched'
  })
  if (room.violations.length > 0) return
  room.coverage.saw('scan: latched')
  story.mineMany(4)
  // What is asked for meanwhile waits.
  database.requestRescan(options.start, witness.height())
  await awhile()
  // The branch that was left comes back, longer than ever, and goes again: still an operator's.
  story.flip()
  story.mineMany(3)
  await awhile()
  story.flip()
  if (told().some((each, index) => each !== before[index])) {
    room.violations.push('I4: something was published or booked while the chain was latched')
  }
  await liftLatch(room, options)
}
