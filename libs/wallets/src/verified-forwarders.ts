import { describeError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { ChainId } from '@coffer/money/chain-id'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { jsonRpcContractCodes } from './adapters/json-rpc-contract-codes.ts'
import { verifyForwarders } from './usecases/verify-forwarders.ts'

export type VerifiedForwardersOptions = {
  chains: readonly Pick<
    ChainConfig,
    'chain' | 'rpcUrls' | 'requestTimeoutMs' | 'quorum' | 'forwarders'
  >[]
  hotWallets: readonly Address[]
  logger: Logger
  /** How long until a chain that was away is asked again, milliseconds. */
  retryMs?: number
}

export type VerifiedForwarders = AsyncDisposable & {
  /** Whether what is paid on a chain to an address of its contract comes to the hot wallet. */
  isVerified: (chain: ChainId) => boolean
  /** Asks the chains that were away, until stopped. It ends with an error if one is wrong. */
  work: Work
}

/**
 * Looks, before anything else is done, whether the contracts behind the addresses of payments are
 * ours and send to a hot wallet. A chain that is away is not waited for: nothing is verified of it
 * until it was asked. Throws `ForwardersError`.
 */
export async function verifiedForwarders(
  options: VerifiedForwardersOptions,
): Promise<VerifiedForwarders> {
  const { hotWallets, logger, retryMs = 2_000 } = options
  await using starting = new AsyncDisposableStack()
  const chains = options.chains.filter(({ forwarders }) => forwarders !== undefined)
  const codes = starting.use(jsonRpcContractCodes(chains))
  const { isVerified, look } = verifyForwarders({
    contracts: chains.flatMap(({ chain, forwarders: contract }) =>
      contract === undefined ? [] : [{ chain, contract }],
    ),
    ...{ hotWallets, codes },
    onUnknown: ({ chain, contract }, error) =>
      logger.warn(
        { chain, contract, error: describeError(error) },
        'FORWARDERS_ADDRESS is not verified: addresses of payments are not used for now',
      ),
  })
  await look()
  const again = async () => {
    await look()
    return 'idle' as const
  }
  const held = starting.move()
  return {
    isVerified,
    work: poll(again, { idleMs: retryMs, onError: () => undefined, isFatal: () => true }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
