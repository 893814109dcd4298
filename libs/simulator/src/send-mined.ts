import type { Hex } from 'viem'
import type { AnvilClient } from './anvil-client.ts'
import { awaitReceipts, type Receipt } from './await-receipts.ts'

/** What `eth_sendTransaction` takes of an account whose key the node has. */
export type UnlockedTransaction = Readonly<Record<string, string | undefined>>

/**
 * Sends and resolves with the receipt, whether the transaction succeeded or not: the node answers
 * before it has mined, also when it mines at once. Throws {@link NotMinedError}.
 */
export async function sendMined(
  client: AnvilClient,
  transaction: UnlockedTransaction,
): Promise<Receipt> {
  const hash = await client.request<Hex>('eth_sendTransaction', [transaction])
  const [receipt] = await awaitReceipts(client, [hash])
  return receipt as Receipt
}
