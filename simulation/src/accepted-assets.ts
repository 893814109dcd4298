import { fakeAddress } from '@coffer/deposits/testing/fake-chain'
import {
  FEE_TOKEN,
  FIRST_CODE,
  PROXY_SLOT,
  PROXY_TOKEN,
} from '@coffer/deposits/testing/fake-tokens'
import { ASSETS, CHAIN } from '@coffer/deposits/testing/fake-transfers'
import { type AmountTier, type Asset, type AssetId, erc20AssetId } from '@coffer/money/asset'

/** A token that the operator lists only when some of it has been paid already. */
export const LATE_TOKEN = fakeAddress(0x1a7e)

/** A wallet of our own: deposits are swept to it, and it pays for their gas. */
export const HOT_WALLET = fakeAddress(0x407)

/** Less than this of coin or of the plain token is held, and not credited. */
export const MINIMUM = 100n

const token = (contract: Asset['contract'] & string, rest: Partial<Asset> = {}): Asset => {
  const id = erc20AssetId(CHAIN, contract)
  return { id, chain: CHAIN, contract, symbol: 'ANY', decimals: 6, ...rest }
}

const LATE = token(LATE_TOKEN)
const FEE = token(FEE_TOKEN, { feeOnTransfer: true })
const PROXY = token(PROXY_TOKEN, {
  implementation: { contract: FIRST_CODE, slot: PROXY_SLOT },
})

export const [LATE_ASSET, FEE_ASSET, PROXY_ASSET]: readonly [AssetId, AssetId, AssetId] = [
  LATE.id,
  FEE.id,
  PROXY.id,
]

/** What an operator configures, before and after he lists one more token. */
export function rulesOf(isLateListed: boolean, tiers: readonly AmountTier[]) {
  const [coin, plain] = ASSETS.map((asset) => ({ ...asset, minimum: MINIMUM })) as [Asset, Asset]
  const first = [{ ...coin, tiers }, plain, FEE, PROXY]
  return { assets: isLateListed ? [...first, LATE] : first, ownAddresses: [HOT_WALLET] }
}
