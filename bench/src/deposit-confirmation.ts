import { randomUUID } from 'node:crypto'
import { eventMessage, type Message } from '@coffer/events/event'

/** The event of a deposit to `owner` that nobody has made before. */
export function depositConfirmation(owner: string): Message {
  const word = () => `${randomUUID()}${randomUUID()}`.replaceAll('-', '')
  const txHash = `0x${word()}` as const
  const depositId = `eip155:31337:${txHash}:log:0`
  return eventMessage({
    id: depositId,
    type: 'deposit.confirmed',
    source: 'coffer/bench',
    time: new Date().toISOString(),
    key: owner,
    data: {
      depositId,
      revision: 1,
      owner,
      chain: 'eip155:31337',
      asset: 'eip155:31337/slip44:60',
      amount: '1000000000000000000',
      from: `0x${word().slice(24)}`,
      to: `0x${word().slice(24)}`,
      txHash,
      position: 'log:0',
      blockNumber: 1,
      blockHash: `0x${word()}`,
      blockTime: new Date().toISOString(),
    },
  })
}
