import type { FakeBlock, FakeChain, FakeTransaction } from '@coffer/deposits/testing/fake-chain'
import { units } from '@coffer/money/units'
import type { Nodes } from './nodes.ts'
import type { Payers } from './payers.ts'
import type { Payments } from './payments.ts'
import type { Room } from './room.ts'

/** What happens to the chain. */
export type ChainStory = {
  /** One thing happens. */
  happen(): void
  /** Mines so many blocks, most of them without a payment to anybody. */
  mineMany(count: number): void
  /** Replaces so many blocks, or all but the first, by one more. */
  reorgBy(depth: number): void
  /** Makes the branch that was left last the chain again. */
  flip(): void
  /** Mines until the chain is higher than it ever was, by so many blocks at least. */
  mineBeyond(count: number): void
  /** Whether the node had this block at some time. */
  isHonest(block: { number: bigint; hash: string }): boolean
}

export type ChainStoryOptions = {
  chain: FakeChain
  payments: Payments
  payers: Payers
  nodes: Nodes
  /** The highest block that is stored. */
  scanned: () => bigint
  /** Whether the node says which blocks are final. */
  isTagged: boolean
  /** How deep a reorg may be. */
  depthMax: number
  /** Of a hundred happenings, how many are reorgs. */
  reorgsPercent: number
}

export function chainStory(shared: Room, options: ChainStoryOptions): ChainStory {
  const { random, coverage, trace } = shared
  const { chain, payers, payments, nodes, reorgsPercent } = options
  const honest = new Map<string, FakeBlock>()
  let earlier: readonly FakeBlock[] = chain.blocks()

  const remember = () => {
    for (const block of chain.blocks().toReversed()) {
      if (honest.has(block.hash)) break
      honest.set(block.hash, block)
      payments.know(block)
    }
  }
  remember()

  const reorg = () => {
    const drawn = reorgOf(random, options)
    if (drawn) replace(drawn.depth, drawn.length)
  }
  const replace = (depth: number, length: number) => {
    earlier = chain.blocks()
    replaceBranch(shared, options, { depth, length })
  }
  const flip = () => {
    const now = chain.blocks()
    chain.flipTo(earlier)
    earlier = now
    trace.say(`chain: flips to the branch up to ${chain.blocks().at(-1)?.number}`)
    coverage.saw('chain: branch flipped back')
  }
  const mine = () => {
    const transactions = payers.payUpTo(3)
    chain.mineBlock({ transactions, ...paidByItself(random, options, transactions) })
    coverage.saw('chain: blocks mined')
  }
  return {
    happen() {
      const draw = random.below(100)
      if (draw < reorgsPercent) reorg()
      else if (draw < reorgsPercent * 1.3) flip()
      else if (draw < 76) mine()
      else if (draw < 80) moveTag(random, options)
      else if (draw < 94) nodes.happen()
      else payers.registerNext()
      remember()
    },
    mineMany(count) {
      for (let mined = 0; mined < count; mined++) {
        chain.mine(...(random.below(4) === 0 ? payers.payUpTo(1) : []))
      }
      remember()
    },
    flip,
    reorgBy(wanted) {
      const depth = Math.min(chain.blocks().length - 1, wanted)
      replace(depth, depth + 1)
      remember()
    },
    mineBeyond(count) {
      const height = chain.blocks().at(-1)?.number ?? 0n
      const highest = [...honest.values()].reduce(
        (top, { number }) => (number > top ? number : top),
        nodes.forgedHeight(),
      )
      chain.mineEmpty(Number(highest - height) + count)
      if (options.isTagged) chain.tag(BigInt(chain.blocks().length - 1))
      remember()
    },
    isHonest: ({ number, hash }) => honest.get(hash)?.number === number,
  }
}

/** The idea of what is final moves now and then, mostly up. */
function moveTag(random: Room['random'], { chain, isTagged }: ChainStoryOptions): void {
  const behind = BigInt(random.below(8))
  const height = BigInt(chain.blocks().length - 1)
  if (isTagged) chain.tag(height > behind ? height - behind : 0n)
}

const GWEI = 10n ** 9n

/** Who produces the next block, and what it pays by itself: now and then somebody we watch. */
function paidByItself(
  random: Room['random'],
  { chain, payers }: ChainStoryOptions,
  transactions: readonly FakeTransaction[],
) {
  const people = payers.registered()
  const before = chain.blocks().reduce((count, { withdrawals }) => count + withdrawals.length, 0)
  const withdrawals = Array.from({ length: Math.max(0, random.below(12) - 9) }, (_, index) => {
    const amount = units(GWEI * (1n + random.bigintBelow(1_000n)))
    return { index: BigInt(before + index), to: random.pick(people), amount }
  })
  // What a node makes up of a payment to the producer would hide what it earned.
  const doubted = transactions.flatMap(({ calls }) => calls.filter(({ isPhantom }) => isPhantom))
  const producer = random.pick(people)
  const isPlain = random.below(10) === 0 && doubted.every(({ to }) => to !== producer)
  return isPlain ? { withdrawals, producer } : { withdrawals }
}

/** How deep the next reorg is, and how long its branch; `undefined` where nothing can be undone. */
function reorgOf(random: Room['random'], { chain, scanned, depthMax }: ChainStoryOptions) {
  const height = chain.blocks().length - 1
  const depthMost = Math.min(height, depthMax)
  if (depthMost < 1) return undefined
  const isDeep = random.below(6) === 0
  // Mostly of what is scanned already: what isn't is no reorg to anybody.
  const unscanned = Math.max(0, height - Number(scanned()))
  const above = random.below(3) === 0 ? 0 : Math.min(unscanned, depthMost - 1)
  const below = depthMost - above
  const depth = above + 1 + random.below(isDeep ? below : Math.min(4, below))
  return { depth, length: Math.max(1, depth + random.below(4) - 1) }
}

/** Takes away `depth` blocks and puts `length` others there, with some of the same transactions. */
function replaceBranch(
  room: Room,
  { chain, payments, payers }: ChainStoryOptions,
  { depth, length }: { depth: number; length: number },
): void {
  const { random, coverage, trace } = room
  const undone = chain.blocks().slice(-depth)
  const kept = stayers(
    room,
    payments,
    undone.flatMap(({ transactions }) => [...transactions]),
  )
  const branch = Array.from({ length }, (): FakeTransaction[] => payers.payUpTo(1))
  for (const transaction of kept) random.pick(branch).push(transaction)
  chain.reorg(depth, ...branch)
  trace.say(`chain: reorg of ${depth} blocks, ${length} instead, ${kept.length} kept`)
  coverage.saw('chain: reorg')
  if (depth >= 100) coverage.saw('chain: reorg of 100 blocks or more')
  if (length < depth) coverage.saw('chain: reorg to a shorter branch')
}

/** Those of the undone transactions that the new branch has too: all, some, or others in place. */
function stayers(
  { random, coverage }: Room,
  payments: Payments,
  undone: readonly FakeTransaction[],
): FakeTransaction[] {
  const keptOfTen = random.pick([0, 7, 10, 10])
  return random.shuffle(undone).flatMap((transaction) => {
    if (random.below(10) >= keptOfTen) {
      coverage.saw('chain: payment dropped')
      return []
    }
    const kept = random.below(12) === 0 ? payments.changed(transaction) : transaction
    coverage.saw('chain: payment included again')
    if (kept !== transaction) coverage.saw('chain: payment included again with another amount')
    return [kept]
  })
}
