import type { ChainConfig } from '@coffer/evm/chain-config'
import type { StepResult } from '@coffer/runtime/poll'
import { jsonRpcBalances } from './adapters/json-rpc-balances.ts'
import type { RpcSource } from './adapters/json-rpc-chain-reader.ts'
import type { BalanceObserver } from './balance-ports.ts'
import type { ScanStore } from './ports.ts'
import { proveBalances } from './usecases/prove-balances.ts'

/** Holdings whose balances are asked for at once. */
const HOLDINGS_MAX = 200

export type BalanceStepOptions = {
  config: Pick<ChainConfig, 'balanceProof' | 'assets' | 'native'>
  balanceObserver?: BalanceObserver
}

/** Wires the balance proof of a chain; `undefined` where its balances are not proven. */
export function balanceStep(
  { config: { balanceProof, assets, native }, balanceObserver }: BalanceStepOptions,
  { store, endpoints }: { store: ScanStore; endpoints: RpcSource },
): (() => Promise<StepResult>) | undefined {
  if (!balanceProof || !balanceObserver) return undefined
  return proveBalances({
    balances: jsonRpcBalances(endpoints, assets),
    store,
    // Of what nobody looks for nothing is explained.
    assets: assets.filter(({ contract }) => contract || native !== 'none').map(({ id }) => id),
    observer: balanceObserver,
    everyBlocks: balanceProof.everyBlocks,
    holdingsMax: HOLDINGS_MAX,
    recheckMax: balanceProof.recheck,
  })
}
