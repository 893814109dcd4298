import { setTimeout as pause } from 'node:timers/promises'
import type { AnvilClient } from '@coffer/simulator/anvil-client'
import { quantity } from '@coffer/simulator/anvil-client'
import type { DepositKind } from '@coffer/simulator/deposit-plan'
import { HOSTILE_KINDS } from '@coffer/simulator/hostile-transaction'
import { type OrphanedTransaction, reorg } from '@coffer/simulator/reorg'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import type { ChainRecord } from './chain-record.ts'
import { onceMore } from './once-more.ts'
import type { SoakedCoffer } from './soaked-coffer.ts'

type RandomChainOptions = {
  random: SeededRandom
  signal: AbortSignal
  everyMs: number
  counts: ChainCounts
  record: Pick<ChainRecord, 'advance'>
}

/** What has happened to the chain. */
export type ChainCounts = { paid: number; reorgs: number }

/** `dust` needs a minimum, which variables can't set. */
const KINDS: readonly DepositKind[] = [
  ...(['native', 'native', 'erc20', 'erc20', 'batch'] as const),
  ...HOSTILE_KINDS.filter((kind) => kind !== 'dust'),
]

/** No block that is deeper is ever undone. */
export const REORG_DEPTH_MAX = 20

/** Pays and reorganises at random, about once in `everyMs`, and records that, until stopped. */
export async function randomChain(
  soaked: Pick<SoakedCoffer, 'coffer' | 'node' | 'owners'>,
  options: RandomChainOptions,
): Promise<void> {
  const { random, signal, everyMs, counts, record } = options
  const addresses = [...soaked.owners.keys()]
  for (let seed = 1; !signal.aborted; seed += 1) {
    const simulation = await onceMore(() =>
      simulateDeposits({
        rpcUrl: soaked.coffer.urls.RPC_URLS,
        addresses,
        kinds: KINDS,
        count: 1 + random.below(16),
        blocks: 1 + random.below(4),
        noise: 0.2,
        failures: random.below(2),
        // What is created must be created anew in each round.
        seed: seed + random.below(1_000_000) * 1_000_000,
      }),
    )
    counts.paid += simulation.deposits.length
    if (random.below(6) === 0) await soaked.node.mine(1 + random.below(10))
    if (random.below(5) === 0) {
      await onceMore(() => randomReorg(soaked.node, random))
      counts.reorgs += 1
    }
    await onceMore(() => record.advance())
    await pause(random.below(2 * everyMs), undefined, { signal }).catch(() => undefined)
  }
}

/** Replaces some of the newest blocks; of what they held, some stays, some moves, some is lost. */
async function randomReorg(node: AnvilClient, random: SeededRandom): Promise<void> {
  // Mostly shallow, as on real chains, and now and then as deep as it gets.
  const depth = 1 + random.below(1 + random.below(REORG_DEPTH_MAX))
  const fillers = await ofFirstAccount(node, depth)
  const kept = random.below(depth + 1)
  const shift = random.below(2)
  const { dropped } = await reorg(node, {
    depth,
    place: ({ hash, block }: OrphanedTransaction) =>
      fillers.has(hash) || block >= kept ? 'drop' : Math.min(block + shift, depth - 1),
    fillers: 1 + random.below(2),
    extension: 1 + random.below(3),
  })
  const lost = dropped.filter(({ hash }) => !fillers.has(hash))
  // From the lowest on, so that no nonce is left out; the rest is gone for good.
  for (const { raw } of lost.slice(0, random.below(lost.length + 1))) {
    await node.request('eth_sendRawTransaction', [raw])
  }
  await node.mine(2)
}

type Block = { transactions: { hash: string; from: string }[] }

/** What fills blocks in a reorg is sent by the first account and signed anew for the next one. */
async function ofFirstAccount(node: AnvilClient, depth: number): Promise<ReadonlySet<string>> {
  const [first] = await node.accounts()
  const { number } = await node.head()
  const blocks = await node.batch<Block>(
    Array.from({ length: depth }, (_, below) => {
      const height = quantity(number - BigInt(below))
      return { method: 'eth_getBlockByNumber', params: [height, true] }
    }),
  )
  const own = blocks.flatMap(({ transactions }) =>
    transactions.filter(({ from }) => from === first),
  )
  return new Set(own.map(({ hash }) => hash))
}
