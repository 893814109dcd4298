import { fakeChainReader } from '@coffer/deposits/testing/fake-chain-reader'
import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import { unlatchChain } from '@coffer/deposits/unlatch-chain'
import type { LatchOptions } from './pass-a-latch.ts'
import { DEPTH_MAX } from './policy.ts'
import type { Room } from './room.ts'

/** The operator looks at what a latch would take back, and lifts it; the chain goes on. */
export async function liftLatch(
  room: Room,
  {
    scan,
    story,
    witness,
    confirmations,
  }: Pick<LatchOptions, 'scan' | 'story' | 'witness' | 'confirmations'>,
): Promise<void> {
  const { chain, database } = scan
  const operator = unlatchChain({
    latches: database.latches,
    nodeOf: () => fakeChainReader({ rpc: chain.rpc }, confirmations),
    chains: [CHAIN],
    onUnlatched: () => room.coverage.saw('scan: latch lifted'),
  })
  const { keeps } = await operator.plan(CHAIN)
  await operator.carryOut(CHAIN, keeps?.hash ?? null)
  witness.unlatched(keeps)
  story.mineBeyond(DEPTH_MAX)
}
