import { type Address, parseOwnedAddress } from '@coffer/evm/address'
import { type AssetId, chainOfAsset, parseAssetId } from '@coffer/money/asset'
import { parseChainId } from '@coffer/money/chain-id'
import { parsedBy } from '@coffer/money/parsed-by'
import { parseUnits } from '@coffer/money/units'
import { z } from 'zod'

const address = parsedBy(parseOwnedAddress)
const addresses = z.array(address).default([])
/** An amount in the smallest unit. */
const amount = parsedBy(parseUnits)
const chainAsset = parsedBy((text: string): AssetId => {
  const asset = parseAssetId(text)
  chainOfAsset(asset)
  return asset
})

const assetPolicy = z.strictObject({
  asset: chainAsset,
  /** Most of one payout. */
  payoutMax: amount,
  /** Most of all payouts of a window together. */
  windowMax: amount,
})

const chainPolicy = z
  .strictObject({
    chain: parsedBy(parseChainId),
    /** Where payouts come from, and all that sweeps go to. */
    hotWallet: address,
    /** Where a surplus of the hot wallet may go. */
    coldAddresses: addresses,
    /** Contracts of ours: that they are named here is what gives their functions a meaning. */
    batchPayers: addresses,
    forwarders: addresses,
    assets: z.array(assetPolicy),
    gasMax: amount,
    /** Most that one transaction may cost, wei. */
    feeMax: amount,
    /** Most that all transactions of a window may cost, wei. */
    feeWindowMax: amount,
    /** Most coin for the gas of one sweep, and of all of a window, wei; nothing by default. */
    topUpMax: amount.default(parseUnits('0')),
    topUpWindowMax: amount.default(parseUnits('0')),
  })
  .superRefine((policy, context) => {
    const { assets, chain, hotWallet, coldAddresses } = policy
    const problem = (message: string) => context.addIssue({ code: 'custom', message })
    const ids = assets.map(({ asset }) => asset)
    if (new Set(ids).size < ids.length) problem('An asset is there twice.')
    for (const asset of ids.filter((each) => !each.startsWith(`${chain}/`))) {
      problem(`${asset} is not on ${chain}.`)
    }
    if (coldAddresses.includes(hotWallet)) problem('The hot wallet is among the cold addresses.')
  })

const signingPolicy = z
  .strictObject({
    chains: z.array(chainPolicy).min(1),
    /** How long a window is over which amounts are added up, hours. */
    windowHours: z.number().positive().max(8_784).default(24),
    /** Most signatures within any minute, whatever for. */
    signaturesPerMinuteMax: z.int().min(1).max(1_000_000).default(600),
    /** Under how many nonces one payout may be signed: each could be mined. */
    payoutAttemptsMax: z.int().min(1).max(100).default(3),
  })
  .refine(({ chains }) => new Set(chains.map(({ chain }) => chain)).size === chains.length, {
    message: 'A chain is there twice.',
  })

/** What the signer signs, by its own file; no request can change it. */
export type SigningPolicy = z.output<typeof signingPolicy>
export type ChainPolicy = SigningPolicy['chains'][number]

/** What {@link parsePolicy} reads: JSON, amounts as decimal strings. */
export type PolicySource = z.input<typeof signingPolicy>

/** Reads a policy. Throws a `ZodError` that lists what is wrong. */
export const parsePolicy = (source: unknown): SigningPolicy => signingPolicy.parse(source)

/** Whether `address` is a contract of ours or an asset's, which is never anybody's to be paid. */
export function isContract(policy: ChainPolicy, candidate: Address): boolean {
  return (
    policy.batchPayers.includes(candidate) ||
    policy.forwarders.includes(candidate) ||
    policy.assets.some(({ asset }) => asset.endsWith(`/erc20:${candidate}`))
  )
}
