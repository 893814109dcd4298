import type { Hex } from 'viem'
import type { AnvilClient } from './anvil-client.ts'
import { type Call, sendTransaction } from './encode-transaction.ts'
import { pauseMining } from './pause-mining.ts'
import type { Sender } from './senders.ts'

export type SendOptions = {
  /** Mines the transactions in so many new blocks, evenly. 0 leaves mining to the node. */
  blocks: number
  onSent?: (sent: number) => void
}

const BATCH = 200

/** Sends each call from its sender, whose nonce it moves on. Returns the hashes in order. */
export async function sendCalls(
  client: AnvilClient,
  calls: readonly { sender: Sender; call: Call }[],
  { blocks, onSent }: SendOptions,
): Promise<Hex[]> {
  const hashes: Hex[] = []
  const sendUntil = async (end: number) => {
    while (hashes.length < end) {
      const next = calls.slice(hashes.length, Math.min(end, hashes.length + BATCH))
      const requests = next.map(({ sender, call }) => {
        return sendTransaction(call, sender.account, sender.nonce++)
      })
      hashes.push(...(await client.batch<Hex>(requests)))
      onSent?.(hashes.length)
    }
  }
  await pauseMining(client, async () => {
    for (let mined = 0; mined < blocks; mined++) {
      await sendUntil(Math.floor(((mined + 1) * calls.length) / blocks))
      await client.mine()
    }
    await sendUntil(calls.length)
  })
  return hashes
}
