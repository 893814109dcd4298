import { AppError } from '@coffer/errors/app-error'
import type { ChainId } from '@coffer/money/chain-id'

/**
 * Returns `chain` when it is one of those that are followed, else throws {@link ChainUnknownError}.
 */
export function requireChain(chain: ChainId, followed: readonly ChainId[]): ChainId {
  if (!followed.includes(chain)) throw new ChainUnknownError(chain, followed)
  return chain
}

/** Nothing on this chain would ever be seen. */
export class ChainUnknownError extends AppError {
  readonly code = 'CHAIN_UNKNOWN'

  constructor(chain: ChainId, followed: readonly ChainId[]) {
    super(
      `Chain ${JSON.stringify(chain)} is not followed here. Expected ${followed.join(' or ')}.`,
      {
        retry: 'never',
        details: { chain },
      },
    )
  }
}
