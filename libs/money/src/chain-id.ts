import { AppError } from '@coffer/errors/app-error'
import type { Branded } from './brand.ts'

/** An EVM chain by CAIP-2, for example `eip155:1`. */
export type ChainId = Branded<string, 'ChainId'>

/** Reads `eip155:<number>`. Throws {@link ChainIdError}. */
export function parseChainId(text: string): ChainId {
  const reference = /^eip155:([1-9][0-9]{0,15})$/.exec(text)?.[1]
  if (reference === undefined || !Number.isSafeInteger(Number(reference))) {
    throw new ChainIdError(text)
  }
  return text as ChainId
}

/** The CAIP-2 id of the chain whose `eth_chainId` is `reference`. */
export const chainIdOf = (reference: number): ChainId => parseChainId(`eip155:${reference}`)

/** The number that `eth_chainId` answers on this chain. */
export const chainReference = (chain: ChainId): number => Number(chain.slice('eip155:'.length))

export class ChainIdError extends AppError {
  readonly code = 'CHAIN_ID'

  constructor(received: string) {
    super(
      `Invalid chain ${JSON.stringify(received)}. Expected a CAIP-2 id of an EVM chain ` +
        'such as "eip155:1" or "eip155:31337".',
      { retry: 'never', details: { received } },
    )
  }
}
