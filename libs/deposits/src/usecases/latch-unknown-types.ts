import type { StepResult } from '@coffer/runtime/poll'
import { TransactionTypeError } from '../domain/transaction-type.ts'
import type { ScanStore } from '../ports.ts'

export type LatchUnknownTypesPorts = {
  store: Pick<ScanStore, 'latch'>
  scan: () => Promise<StepResult>
}

/**
 * A step of `scan` that latches the chain when it comes upon a type of transaction that is not
 * known: blocks above must not be scanned as if that one had moved nothing.
 */
export function latchUnknownTypes({ store, scan }: LatchUnknownTypesPorts) {
  return async (): Promise<StepResult> => {
    try {
      return await scan()
    } catch (error) {
      if (!(error instanceof TransactionTypeError)) throw error
      await store.latch(error.message)
      return 'busy'
    }
  }
}
