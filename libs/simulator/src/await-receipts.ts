import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@coffer/errors/app-error'
import type { Hex } from 'viem'
import type { AnvilClient } from './anvil-client.ts'

/** What is used of a receipt. */
export type Receipt = {
  transactionHash: Hex
  blockNumber: Hex
  /** `0x1` succeeded, `0x0` failed. */
  status: Hex
}

const PAUSE_MS = 20
const STALLED_MS = 60_000
/** A block of our own that takes none of our transactions: so many in a row, and none will. */
const FRUITLESS_BLOCKS_MAX = 16
const BATCH = 500

/**
 * The receipts of these transactions, in their order, once all are mined. Mines itself when the
 * node mines neither on its own nor by the clock. Throws {@link NotMinedError} when it waits in
 * vain.
 */
export async function awaitReceipts(
  client: AnvilClient,
  hashes: readonly Hex[],
): Promise<Receipt[]> {
  const mines = await minesItself(client)
  const receipts = new Map<Hex, Receipt>()
  let missing = [...hashes]
  let progressAt = performance.now()
  let fruitlessBlocks = 0
  for (;;) {
    const found = await readReceipts(client, missing)
    for (const receipt of found) receipts.set(receipt.transactionHash, receipt)
    missing = missing.filter((hash) => !receipts.has(hash))
    if (missing.length === 0) return hashes.map((hash) => receipts.get(hash) as Receipt)

    if (found.length > 0) {
      progressAt = performance.now()
      fruitlessBlocks = 0
    }
    const stalled = performance.now() - progressAt > STALLED_MS
    if (stalled || fruitlessBlocks === FRUITLESS_BLOCKS_MAX) throw new NotMinedError(missing)
    if (mines) {
      await delay(PAUSE_MS)
    } else {
      await client.mine()
      fruitlessBlocks++
    }
  }
}

async function readReceipts(client: AnvilClient, hashes: readonly Hex[]): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  for (let start = 0; start < hashes.length; start += BATCH) {
    const calls = hashes.slice(start, start + BATCH).map((hash) => {
      return { method: 'eth_getTransactionReceipt', params: [hash] }
    })
    const answers = await client.batch<Receipt | null>(calls)
    receipts.push(...answers.filter((answer) => answer !== null))
  }
  return receipts
}

async function minesItself(client: AnvilClient): Promise<boolean> {
  const automine = await client.request<boolean>('anvil_getAutomine')
  const seconds = await client.request<number | null>('anvil_getIntervalMining')
  return automine || seconds !== null
}

export class NotMinedError extends AppError {
  readonly code = 'SIMULATOR_NOT_MINED'

  constructor(hashes: readonly Hex[]) {
    super(
      `${hashes.length} transactions were not mined, the first of them ${hashes[0]}. Expected a ` +
        'node on which nobody else sends from the same accounts; start a fresh Anvil.',
      { retry: 'never', details: { hashes } },
    )
  }
}
