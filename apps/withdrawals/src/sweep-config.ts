import { type Address, parseAddress } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { AssetId } from '@coffer/money/asset'
import { parsedBy } from '@coffer/money/parsed-by'
import { parseUnits } from '@coffer/money/units'
import { ConfigError, readConfig } from '@coffer/runtime/read-config'
import type { SweepSettings } from '@coffer/withdrawals/sweep-settings'
import { z } from 'zod'

/** `SYMBOL:units`, separated by commas. */
export const amounts = z
  .string()
  .regex(/^[^:,\s]+:[0-9]+(,[^:,\s]+:[0-9]+)*$/, 'Expected SYMBOL:units, separated by commas.')
  .transform((text) => text.split(',').map((item) => item.split(':')))
  .transform((items) => new Map(items.map(([symbol = '', units = '']) => [symbol, BigInt(units)])))

const settings = z.object({
  /** What is swept: nothing, the addresses of payments, or those of the HD wallet as well. */
  SWEEPS: z.enum(['off', 'forwarders', 'all']).default('off'),
  /** Least that is worth sweeping; a token that is not named is never swept. */
  SWEEP_MINIMUMS: amounts.default(new Map()),
  /** Most that sweeps of 24 hours may cost on a chain, wei. */
  SWEEP_BUDGET_WEI: parsedBy(parseUnits).default(parseUnits('50000000000000000')),
  /** Most addresses that are emptied in one transaction. */
  SWEEP_BATCH_MAX: z.coerce.number().int().min(1).max(200).default(50),
  /** Most gas of one sweep. */
  SWEEP_GAS_MAX: z.coerce.bigint().min(21_000n).max(30_000_000n).default(10_000_000n),
  /** How often it is looked what has come, milliseconds. */
  SWEEP_MS: z.coerce.number().int().min(50).max(86_400_000).default(60_000),
  /** Where what the hot wallet has too much of goes. */
  COLD_ADDRESS: parsedBy(parseAddress).optional(),
  /** How much the hot wallet keeps; of what is not named it keeps all. */
  HOT_KEEP: amounts.default(new Map()),
})

type Given = Pick<SweepSettings, 'fees'> & { hotWallet: Address }

/** Reads the settings of sweeps. Throws `ConfigError`. */
export function sweepConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    sweepMs: config.SWEEP_MS,
    isOn: config.SWEEPS !== 'off',
    settingsOf: (chain: ChainConfig, given: Given): SweepSettings => ({
      ...given,
      chain: chain.chain,
      forwarders: chain.forwarders,
      isDerivedSwept: config.SWEEPS === 'all',
      minimums: byAsset(chain, 'SWEEP_MINIMUMS', config.SWEEP_MINIMUMS),
      budget: config.SWEEP_BUDGET_WEI,
      batchMax: config.SWEEP_BATCH_MAX,
      gasMax: config.SWEEP_GAS_MAX,
      cold: config.COLD_ADDRESS,
      keep: byAsset(chain, 'HOT_KEEP', config.HOT_KEEP),
    }),
  }
}

/** Amounts by symbol, as a chain's assets have them. */
export function byAsset(
  { chain, assets }: Pick<ChainConfig, 'chain' | 'assets'>,
  name: string,
  given: ReadonlyMap<string, bigint>,
): ReadonlyMap<AssetId, bigint> {
  return new Map(
    [...given].map(([symbol, units]) => {
      const asset = assets.find((each) => each.symbol === symbol)
      if (!asset) throw new ConfigError([`${name}: ${chain} has no ${symbol}.`])
      return [asset.id, units]
    }),
  )
}
