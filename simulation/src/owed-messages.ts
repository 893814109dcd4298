import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import { parseDepositReference } from '@coffer/events/deposit-reference'
import { eventMessage, type Message } from '@coffer/events/event'
import { txHash } from '@coffer/evm/hash'

type Database = MemoryScan['database']
export type OwedEvent = ReturnType<Database['events']>[number]

const NOBODY = `0x${'0'.repeat(40)}` as const

/** The messages that events of a scan's store stand for, told right after they were stored. */
export function owedMessages(database: Database, events: readonly OwedEvent[]): Message[] {
  return events.map(({ type, id, key, amount, suspended = false }) => {
    const { depositId, revision } = parseDepositReference(id)
    const deposit = database.deposit(depositId)
    if (deposit === undefined) throw new Error(`The event ${id} is of no deposit.`)
    const [, , hash = '', ...position] = depositId.split(':')
    const data = {
      depositId,
      revision,
      owner: key,
      chain: CHAIN,
      asset: deposit.asset,
      amount: amount.toString(),
      from: NOBODY,
      to: NOBODY,
      txHash: txHash(hash),
      position: position.join(':'),
      blockNumber: Number(deposit.blockNumber),
      blockHash: deposit.blockHash,
      blockTime: new Date(1_700_000_000_000 + Number(deposit.blockNumber) * 1_000).toISOString(),
    }
    const envelope = { id, source: `coffer/scanner/${CHAIN}`, time: data.blockTime, key }
    if (type === 'deposit.confirmed') return eventMessage({ ...envelope, type, data })
    const reason = deposit.reason ?? 'unknown'
    if (type === 'deposit.suspended') {
      return eventMessage({ ...envelope, type, data: { ...data, reason } })
    }
    const reversed = { ...data, reason: 'reorg', suspended }
    return eventMessage({ ...envelope, type: 'deposit.reversed', data: reversed })
  })
}
