import { AppError } from '@coffer/errors/app-error'
import { TAPE_MEMORY_FIRST } from './rlp-tape.ts'

/** The node's answer to `eth_getBlockReceipts` is not whole, or no JSON of receipts. */
export class ReceiptsFormatError extends AppError {
  readonly code = 'EVM_RECEIPTS_FORMAT'

  constructor({ bytes, at }: { bytes: Buffer; at: number }) {
    const place = at - TAPE_MEMORY_FIRST
    const around = bytes.toString('latin1', Math.max(at - 20, TAPE_MEMORY_FIRST), at + 20)
    super(
      `The node's receipts are malformed at byte ${place}: ${JSON.stringify(around)}. Expected ` +
        'whole JSON.',
      { retry: 'retry', details: { place, around } },
    )
  }
}
