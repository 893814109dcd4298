import { fakeChainReader } from '@coffer/deposits/testing/fake-chain-reader'
import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import { unlatchChain } from '@coffer/deposits/unlatch-chain'
import type { Confirmations } from '@coffer/evm/confirmations'
import type { ChainStory } from './chain-story.ts'
import { DEPTH_MAX } from './policy.ts'
import type { Room } from './room.ts'
import type { StoreWitness } from './store-witness.ts'

export type LatchOptions = {
  scan: MemoryScan
  story: ChainStory
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
  const { chain, database } = scan
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
  const operator = unlatchChain({
    latches: database.latches,
    nodeOf: () => fakeChainReader({ rpc: chain.rpc }, options.confirmations),
    chains: [CHAIN],
    onUnlatched: () => room.coverage.saw('scan: latch lifted'),
  })
  const { keeps } = await operator.plan(CHAIN)
  await operator.carryOut(CHAIN, keeps?.hash ?? null)
  witness.unlatched(keeps)
  story.mineBeyond(DEPTH_MAX)
}
