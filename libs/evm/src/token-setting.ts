import { parsedBy } from '@coffer/money/parsed-by'
import { z } from 'zod'
import { parseAddress } from './address.ts'
import { amountText, amountTiers } from './amount-tiers.ts'

/** Where proxies keep the address of their implementation by EIP-1967. */
const EIP_1967 = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'

const minimum = amountText.default(0n)

/** A token that is accepted, and its rules. */
export const token = z.strictObject({
  contract: parsedBy(parseAddress),
  symbol: z.string().min(1).max(32),
  decimals: z.int().min(0).max(36),
  minimum,
  tiers: amountTiers,
  feeOnTransfer: z.boolean().default(false),
  verifyArrivals: z.boolean().default(false),
  halted: z.boolean().default(false),
  implementation: parsedBy(parseAddress).optional(),
  implementationSlot: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .default(EIP_1967),
  rebasing: z
    .boolean()
    .default(false)
    .refine(
      (rebasing) => !rebasing,
      'A token that changes balances without transfers is not supported: what is credited would ' +
        'not be what is held. Accept a wrapped form of it that does not, or leave it out.',
    ),
})

/** Those of one chain. */
export const tokens = z
  .array(token)
  .refine(
    (list) => new Set(list.map(({ contract }) => contract)).size === list.length,
    'Two have the same contract.',
  )
/** The code that an asset is pinned to, where its setting names one. */
export function implementationOf({
  implementation: contract,
  implementationSlot,
}: Pick<z.output<typeof token>, 'implementation' | 'implementationSlot'>) {
  const slot = implementationSlot as `0x${string}`
  return contract ? { implementation: { contract, slot } } : {}
}
