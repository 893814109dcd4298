import type { Address } from '@coffer/evm/address'
import { type Units, units } from '@coffer/money/units'
import type { Log } from './block.ts'

/** Keccak-256 of `Transfer(address,address,uint256)`, EIP-20. */
export const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

/** An address in a topic is left-padded with zeros to 32 bytes. */
const TOPIC_PADDING = `0x${'0'.repeat(24)}`

/**
 * Reads a log as an EIP-20 transfer. An ERC-721 transfer has the same topic and a fourth one, so
 * exactly three topics and one word of data are required.
 */
export function readTransferLog({
  topics,
  data,
}: Log): { from: Address; to: Address; amount: Units } | undefined {
  const [topic, from, to] = topics
  if (topic !== TRANSFER_TOPIC || topics.length !== 3 || data.length !== 66) return undefined
  if (!from?.startsWith(TOPIC_PADDING) || !to?.startsWith(TOPIC_PADDING)) return undefined
  return { from: addressInTopic(from), to: addressInTopic(to), amount: units(BigInt(data)) }
}

const addressInTopic = (topic: string) => `0x${topic.slice(TOPIC_PADDING.length)}` as Address
