/**
 * Contracts through which a chain's native coin can be used as if it were a token: what one of them
 * logs moves native coin, and both show the same balance.
 */
const NATIVE_ALIASES: Readonly<Record<string, string>> = {
  // POL, see docs.sablier.com, SablierFactoryMerkleBase
  'eip155:137': '0x0000000000000000000000000000000000001010',
  // ether on ZKsync Era: L2_BASE_TOKEN_ADDRESS of chainsafe.github.io/web3-plugin-zksync
  'eip155:324': '0x000000000000000000000000000000000000800a',
  // CELO: GoldToken
  'eip155:42220': '0x471ece3750da237f93b8e339c536989b8978a438',
}

export type AliasSettings = {
  chain: string
  /** Where native coin is found. */
  native: string
  tokens: readonly { contract: string }[]
}

/** Which accepted token is the native coin under another name, which is credited already. */
export function problemOfAliases({ chain, native, tokens }: AliasSettings): string | undefined {
  const alias = NATIVE_ALIASES[chain]
  const isBoth = native !== 'none' && tokens.some(({ contract }) => contract === alias)
  if (!isBoth) return undefined
  return (
    `${alias} is the native coin of ${chain} under another name: one movement would be credited ` +
    "twice. Leave it out, or find no native coin besides (native: 'none')."
  )
}
