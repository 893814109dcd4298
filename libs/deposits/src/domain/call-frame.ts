import type { Address } from '@coffer/evm/address'
import type { Units } from '@coffer/money/units'

/** One call of a transaction's, as a node's tracer tells it. */
export type CallFrame = {
  /**
   * `borrow` runs the code of another account in the caller's name (DELEGATECALL, CALLCODE): it is
   * told with a value, and moves nothing. `read` may change nothing (STATICCALL).
   */
  kind: 'call' | 'create' | 'selfdestruct' | 'borrow' | 'read'
  from: Address
  /** `null` where a creation failed, and where a tracer leaves it out. */
  to: Address | null
  value: Units
  /** Whether it was taken back. What is below a failed call is too, and doesn't say so. */
  failed: boolean
  calls: readonly CallFrame[]
}
