import { AppError } from '@coffer/errors/app-error'
import type { BlockRef } from './block.ts'

/** A transaction by what its receipt says; without a type it is a legacy one. */
type TypedReceipt = { transactionHash: string; type?: string | undefined }

/** Throws {@link TransactionTypeError} for the first transaction of a type that is not `known`. */
export function requireKnownTypes(
  block: BlockRef,
  receipts: readonly TypedReceipt[],
  known: readonly number[],
): void {
  for (const { transactionHash, type = '0x0' } of receipts) {
    if (!known.includes(Number(type))) {
      throw new TransactionTypeError(block, { transactionHash, type }, known)
    }
  }
}

/** What a transaction of this type moves is not known, so nothing after it may be believed. */
export class TransactionTypeError extends AppError {
  readonly code = 'SCAN_TRANSACTION_TYPE'

  constructor(
    { number, hash }: BlockRef,
    { transactionHash, type }: TypedReceipt,
    known: readonly number[],
  ) {
    const expected = known.map((each) => `0x${each.toString(16)}`).join(', ')
    super(
      `Block ${number} (${hash}) has transaction ${transactionHash} of type ${type}, which is ` +
        `not known of this chain. Expected one of ${expected}. What it moves can't be told: use ` +
        'a version of Coffer or a preset that knows it, restart the scanner, and lift the latch.',
      { retry: 'never', details: { number, hash, transactionHash, type } },
    )
  }
}
