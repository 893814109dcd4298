import type { Block, Log, Receipt } from '../domain/block.ts'

/** The same block with everything in it made, to be compared with another one. */
export const plainBlock = ({ receipts, logsTo: _, release: __, ...block }: Block): Block => ({
  ...block,
  receipts: receipts.map(plainReceipt),
})

function plainReceipt({ txHash, from, to, created, succeeded, logs }: Receipt): Receipt {
  return { txHash, from, to, created, succeeded, logs: logs.map(plainLog) }
}

export const plainLog = ({ address, topics, data }: Log): Log => ({ address, topics, data })
