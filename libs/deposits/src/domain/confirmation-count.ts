export type ConfirmationCountOptions = {
  status: string
  blockNumber: bigint
  /** The last block that is scanned; `null` before the first. */
  checkpoint: bigint | null
}

/** Blocks on top of a deposit, its own included; 0 once its block has left the chain. */
export function confirmationCount(options: ConfirmationCountOptions): bigint {
  const { status, blockNumber, checkpoint } = options
  if (status === 'orphaned' || status === 'reversed') return 0n
  if (checkpoint === null || checkpoint < blockNumber) return 0n
  return checkpoint - blockNumber + 1n
}
