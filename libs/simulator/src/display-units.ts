import { AppError } from '@coffer/errors/app-error'
import { parseAssetId } from '@coffer/money/asset'
import { type Hex, parseUnits, zeroAddress } from 'viem'
import { anvilClient } from './anvil-client.ts'
import { tokenOf } from './encode-transaction.ts'

const COIN_DECIMALS = 18

/** `decimals()` of ERC-20. */
const DECIMALS = '0x313ce567'

/**
 * What people write, such as `0.25`, in the smallest unit of `asset`, whose contract says how many
 * decimals it has. Throws {@link DisplayAmountError} at what it can't hold exactly.
 */
export async function displayUnits(rpcUrl: string, asset: string, amount: string): Promise<bigint> {
  const token = tokenOf(parseAssetId(asset))
  const decimals = token === zeroAddress ? COIN_DECIMALS : await decimalsOf(rpcUrl, token)
  const parts = /^\d{1,60}(?:\.(\d{1,60}))?$/.exec(amount)
  if (parts === null || (parts[1] ?? '').length > decimals) {
    throw new DisplayAmountError(amount, decimals)
  }
  return parseUnits(amount, decimals)
}

async function decimalsOf(rpcUrl: string, token: string): Promise<number> {
  const call = [{ to: token, data: DECIMALS }, 'latest']
  return Number(await anvilClient(rpcUrl).request<Hex>('eth_call', call))
}

/** An amount that is no number of an asset's units. */
export class DisplayAmountError extends AppError {
  readonly code = 'SIMULATOR_AMOUNT'

  constructor(amount: string, decimals: number) {
    super(
      `"${amount}" is no amount of this asset. Expected a number with at most ${decimals} ` +
        'decimals, such as 0.25.',
      { retry: 'never', details: { amount, decimals } },
    )
  }
}
