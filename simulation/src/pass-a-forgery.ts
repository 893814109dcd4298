import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import { liftLatch } from './lift-latch.ts'
import type { LatchOptions } from './pass-a-latch.ts'
import { DEPTH_MAX } from './policy.ts'
import type { Room } from './room.ts'

/**
 * Lets the only node of a chain make up a branch that is longer than any reorg may be deep, and
 * come to its senses when that is stored: the chain is latched then, and lifting the latch takes
 * back whatever was credited of it.
 */
export async function passAForgery(room: Room, options: LatchOptions): Promise<void> {
  const { scan, story, nodes, witness, reorgDepthMax, until } = options
  const { database } = scan
  const height = () => nodes.forgedHeight()

  nodes.forge(reorgDepthMax + DEPTH_MAX + room.random.below(4))
  await until(async () => (witness.height() >= height() ? undefined : 'a forgery is not stored'))
  room.mayLatch = true
  nodes.heal()
  // A node that is behind what is stored contradicts nothing.
  story.mineBeyond(1)
  await until(async () => {
    const state = await database.latches.state(CHAIN)
    return state?.latched ? undefined : 'the chain is not latched'
  })
  if (room.violations.length > 0) return
  room.coverage.saw('scan: latched after a forgery')
  await liftLatch(room, options)
}
