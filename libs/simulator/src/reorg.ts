import { AppError } from '@coffer/errors/app-error'
import type { Hex } from 'viem'
import { type AnvilClient, quantity, type ReorgTransaction } from './anvil-client.ts'
import { fillerTransactions } from './filler-transactions.ts'
import { pauseMining } from './pause-mining.ts'

/** A transaction of a block that is replaced, as it was signed. */
export type OrphanedTransaction = {
  hash: Hex
  raw: Hex
  /** Which of the replaced blocks held it: 0 is the lowest. */
  block: number
  /** Its place in that block. */
  index: number
}

export type ReorgOptions = {
  /** How many of the newest blocks are replaced. */
  depth: number
  /**
   * What becomes of each transaction of theirs: which of the new blocks holds it, or that none
   * does. Default: it stays in the block of its height. Those of one block keep their order.
   */
  place?: (transaction: OrphanedTransaction) => number | 'drop'
  /** Transactions with a log each, put first into each new block, so that log indices move. */
  fillers?: number
  /** Signed transactions that the replaced blocks didn't hold, put last into the block named. */
  additions?: readonly { raw: Hex; hash: Hex; block: number }[]
  /** Blocks mined on top, so that the new branch is the longer one. Default 1. */
  extension?: number
}

export type Reorged = {
  /** The highest block that both branches have. */
  fork: bigint
  /** The hashes of the replaced blocks, the lowest first. */
  orphanedBlocks: Hex[]
  kept: OrphanedTransaction[]
  dropped: OrphanedTransaction[]
}

type Block = { number: Hex; hash: Hex; transactions: Hex[] }
type Planned = { hash: Hex; raw: Hex; block: number }

/**
 * Replaces the newest blocks of an Anvil chain by others, then checks that every one of them has
 * another hash and that each transaction is where it should be, since Anvil leaves out silently
 * what it can't execute. What it drops is in no pool: send `raw` again to bring it back. Throws
 * {@link ReorgError}.
 */
export async function reorg(client: AnvilClient, options: ReorgOptions): Promise<Reorged> {
  const {
    depth,
    place = ({ block }) => block,
    fillers = 0,
    additions = [],
    extension = 1,
  } = options
  return pauseMining(client, async () => {
    const head = await client.head()
    const fork = head.number - BigInt(depth)
    const before = await readBlocks(client, { fork, depth })
    const orphaned = await readTransactions(client, before)
    const placed = orphaned.map((transaction) => ({ transaction, block: place(transaction) }))
    const kept = placed.flatMap(({ transaction, block }) => {
      return block === 'drop' ? [] : [{ ...transaction, block }]
    })
    const dropped = orphaned.filter(({ hash }) => !kept.some((other) => other.hash === hash))
    const planned: Planned[] = [...kept, ...additions]

    const first = await fillerTransactions(client, { blocks: depth, each: fillers })
    const last = planned.map(({ raw, block }): ReorgTransaction => ({ transaction: raw, block }))
    await client.reorg(depth, [...first, ...last])
    if (extension > 0) await client.mine(extension)

    await requireReplaced(client, { fork, before })
    await requirePlaced(client, { fork, planned, dropped, fillers })
    return { fork, orphanedBlocks: before.map(({ hash }) => hash), kept, dropped }
  })
}

type Branch = { fork: bigint; depth: number }

async function readBlocks(client: AnvilClient, { fork, depth }: Branch): Promise<Block[]> {
  return client.batch<Block>(
    Array.from({ length: depth }, (_, index) => {
      const number = quantity(fork + BigInt(index + 1))
      return { method: 'eth_getBlockByNumber', params: [number, false] }
    }),
  )
}

async function readTransactions(
  client: AnvilClient,
  blocks: readonly Block[],
): Promise<OrphanedTransaction[]> {
  const places = blocks.flatMap(({ transactions }, block) => {
    return transactions.map((hash, index) => ({ hash, block, index }))
  })
  const raw = await client.batch<Hex>(
    places.map(({ hash }) => ({ method: 'eth_getRawTransactionByHash', params: [hash] })),
  )
  return places.map((place, index) => ({ ...place, raw: raw[index] as Hex }))
}

async function requireReplaced(
  client: AnvilClient,
  { fork, before }: { fork: bigint; before: readonly Block[] },
): Promise<void> {
  const after = await readBlocks(client, { fork, depth: before.length })
  const same = after.find(({ hash }, index) => hash === before[index]?.hash)
  if (same !== undefined) throw new ReorgError(`block ${BigInt(same.number)} kept its hash`)
}

type Expected = {
  fork: bigint
  planned: readonly Planned[]
  dropped: readonly OrphanedTransaction[]
  fillers: number
}

async function requirePlaced(client: AnvilClient, expected: Expected): Promise<void> {
  const { fork, planned, dropped, fillers } = expected
  const receiptOf = ({ hash }: { hash: Hex }) => {
    return { method: 'eth_getTransactionReceipt', params: [hash] }
  }
  type Receipt = { blockNumber: Hex; transactionIndex: Hex }
  const receipts = await client.batch<Receipt | null>(planned.map(receiptOf))
  for (const [index, { hash, block }] of planned.entries()) {
    const receipt = receipts[index]
    const number = fork + BigInt(block + 1)
    const there = receipt && BigInt(receipt.blockNumber) === number
    if (there && Number(receipt.transactionIndex) >= fillers) continue
    throw new ReorgError(`transaction ${hash} is not where it should be, in block ${number}`)
  }
  const gone = await client.batch<Receipt | null>(dropped.map(receiptOf))
  const left = dropped.find((_, index) => gone[index] !== null)
  if (left !== undefined) throw new ReorgError(`transaction ${left.hash} is still there`)
}

export class ReorgError extends AppError {
  readonly code = 'SIMULATOR_REORG'

  constructor(problem: string) {
    super(
      `The chain was not reorganised as planned: ${problem}. Expected every block to be another, ` +
        'with the transactions planned; check that nonces have no gap, and that who sends was ' +
        'funded below the fork.',
      { retry: 'never', details: { problem } },
    )
  }
}
