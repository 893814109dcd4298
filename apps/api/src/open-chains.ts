import { type ChainNodes, chainNodes } from '@coffer/deposits/chain-nodes'
import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { openReconciledChains } from '@coffer/reconciliation/open-reconciled-chains'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { verifiedForwarders } from '@coffer/wallets/verified-forwarders'
import type { ApiServerOptions } from './api-server.ts'

export type OpenChainsOptions = {
  configs: readonly ChainConfig[]
  hotWallets: readonly Address[]
  postgres: Postgres
  logger: Logger
}

export type OpenChains = AsyncDisposable & {
  /** Whom the server asks about them. */
  asked: { nodeOf: ChainNodes['nodeOf'] } & Pick<ApiServerOptions, 'isVerified' | 'treasuries'>
  /** Goes on to look where addresses of payments lead. */
  work: Work
}

/**
 * Connects to the chains. Before anybody is given an address of a payment it is looked where its
 * money would go; nothing else is asked before it is used. Throws `ForwardersError`.
 */
export async function openChains(options: OpenChainsOptions): Promise<OpenChains> {
  const { configs, hotWallets, postgres, logger } = options
  await using starting = new AsyncDisposableStack()
  const looking = { chains: configs, hotWallets, logger }
  const forwarders = starting.use(await verifiedForwarders(looking))
  const { nodeOf } = starting.use(chainNodes(configs))
  const { chains } = starting.use(openReconciledChains({ postgres, configs }))
  const held = starting.move()
  return {
    asked: { nodeOf, isVerified: forwarders.isVerified, treasuries: chains },
    work: forwarders.work,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
