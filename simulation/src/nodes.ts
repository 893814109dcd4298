import type { FakeBlock, FakeChain, FakeTransaction } from '@coffer/deposits/testing/fake-chain'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import { openForger } from './forger.ts'
import { type NodeLies, nodeLies } from './node-lies.ts'
import type { Room } from './room.ts'

/** What is the matter with a node for a while: it answers nothing, or refuses everything. */
export type Trouble = 'away' | 'silent' | 'busy'

/** One of the nodes that serve the chain: they lag and lie each for itself. */
export type SimulatedNode = {
  rpc: JsonRpc
  lies: NodeLies
  trouble(): Trouble | undefined
}

export type Nodes = {
  all: readonly SimulatedNode[]
  /** Something befalls one of them, or it is over. */
  happen(): void
  heal(): void
  /** One of them makes up so many blocks that pay somebody, and tells of them as of its own. */
  forge(length: number): void
  /** Whether a block was made up in this way. */
  hasForged(hash: string): boolean
  /** The highest block that was. */
  forgedHeight(): bigint
}

export type NodesOptions = {
  chain: FakeChain
  count: number
  /** Whether some of what befalls a node is that it makes up a branch. */
  forges: boolean
  /** A transaction that is on no honest chain. */
  madeUp: () => FakeTransaction
}

/** Opens so many nodes of one chain. */
export function openNodes(room: Room, options: NodesOptions): Nodes {
  const { chain, count, forges } = options
  const { random, coverage, trace } = room
  const nodes = Array.from({ length: count }, (_, index) => openNode(room, chain, `node-${index}`))
  const forger = openForger(room, options)
  return {
    all: nodes,
    ...forger,
    forge(length) {
      forger.forge(length)
      nodes[0]?.stick(forger.branch())
    },
    happen() {
      if (forges && random.below(3) > 0) {
        // Only ever one, so that no two agree on what never was.
        forger.forge(1 + random.below(6))
        nodes[0]?.stick(forger.branch())
        return
      }
      const node = random.pick(nodes)
      const draw = random.below(10)
      if (draw < 3) {
        node.heal()
      } else if (draw < 6) {
        node.lag(1 + random.below(4))
        coverage.saw('node: lagging')
      } else if (draw < 8) {
        node.stick(chain.blocks())
        coverage.saw('node: stuck')
      } else {
        const trouble = random.pick(['away', 'silent', 'busy'] as const)
        node.get(trouble)
        coverage.saw(`node: ${trouble} for a while`)
        trace.say(`${node.rpc.name}: is ${trouble}`)
      }
    },
    heal() {
      for (const node of nodes) node.heal()
    },
  }
}

function openNode(room: Room, chain: FakeChain, name: string) {
  let lag = 0
  let stuckAt: readonly FakeBlock[] | undefined
  let trouble: Trouble | undefined
  const view = (blocks: readonly FakeBlock[]) => {
    const seen = stuckAt ?? blocks
    // It always has the first block.
    return lag === 0 ? seen : seen.slice(0, Math.max(1, seen.length - lag))
  }
  return {
    rpc: chain.node(name, view),
    lies: nodeLies(room.random),
    trouble: () => trouble,
    lag(blocks: number) {
      lag = blocks
    },
    /** It stays at these blocks, whatever becomes of the chain. */
    stick(blocks: readonly FakeBlock[]) {
      stuckAt = blocks
    },
    get(next: Trouble) {
      trouble = next
    },
    heal() {
      lag = 0
      stuckAt = undefined
      trouble = undefined
    },
  }
}
