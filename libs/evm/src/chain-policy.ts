import type { AmountTier } from '@coffer/money/asset'
import { problemOfTiers } from './amount-tiers.ts'
import { type ProofSteps, WHOLE_PROOF } from './block-proof.ts'
import { CHAIN_PRESETS, type PresetName } from './chain-presets.ts'
import type { Confirmations } from './confirmations.ts'

/** What is set of a chain's policy. */
type PolicySettings = {
  preset?: PresetName | undefined
  confirmations?: Confirmations | undefined
  quorum: number
  reorgDepthMax?: number | undefined
  transactionTypes?: readonly number[] | undefined
  proof?: { [Step in keyof ProofSteps]?: boolean | undefined } | undefined
}

/** What is set, else what the chain's preset says, else what holds without one. */
export function policyOf(settings: PolicySettings) {
  const { preset, confirmations, quorum, reorgDepthMax, transactionTypes, proof = {} } = settings
  const known = preset ? CHAIN_PRESETS[preset] : UNKNOWN_CHAIN
  const types = transactionTypes ?? known.transactionTypes
  return {
    confirmations: confirmations ?? known.confirmations,
    ...(quorum > 1 ? { quorum } : {}),
    reorgDepthMax: reorgDepthMax ?? known.reorgDepthMax,
    proof: {
      headerHash: proof.headerHash ?? known.proof.headerHash,
      receiptsRoot: proof.receiptsRoot ?? known.proof.receiptsRoot,
      logsBloom: proof.logsBloom ?? known.proof.logsBloom,
      withdrawalsRoot: proof.withdrawalsRoot ?? known.proof.withdrawalsRoot,
    },
    ...(types ? { transactionTypes: types } : {}),
  }
}

/** Without a preset a transaction may be of any type whose receipt can be proven. */
const UNKNOWN_CHAIN = {
  confirmations: 12,
  reorgDepthMax: 64,
  proof: WHOLE_PROOF,
  transactionTypes: undefined,
} as const

/** How many hosts serve a chain: two endpoints of one host are one witness. */
const hostsOf = (rpcUrls: readonly string[]): number =>
  // What is no URL is told of by itself.
  new Set(rpcUrls.map((url) => URL.parse(url)?.host ?? url)).size

type Problem = { path: (string | number)[]; message: string }

/** What is wrong with the settings of a chain that are right each by itself. */
export function policyProblems(
  settings: PolicySettings & {
    rpcUrls: readonly string[]
    nativeTiers: readonly AmountTier[]
    tokens: readonly { tiers: readonly AmountTier[] }[]
  },
): Problem[] {
  const { quorum, rpcUrls, nativeTiers, tokens } = settings
  const { confirmations } = policyOf(settings)
  const tiers = [
    { path: ['nativeTiers'], tiers: nativeTiers },
    ...tokens.map((token, index) => ({ path: ['tokens', index, 'tiers'], tiers: token.tiers })),
  ]
  const found = tiers.map((each) => {
    return { path: each.path, message: problemOfTiers(confirmations, each.tiers) }
  })
  const problems = [...found, { path: ['quorum'], message: problemOfQuorum(quorum, rpcUrls) }]
  return problems.flatMap(({ path, message }) => (message ? [{ path, message }] : []))
}

/** What is wrong with asking so many of these endpoints, if anything. */
export function problemOfQuorum(quorum: number, rpcUrls: readonly string[]): string | undefined {
  const hosts = hostsOf(rpcUrls)
  if (quorum <= hosts) return undefined
  return (
    `${quorum} endpoints of different hosts must agree, and there are endpoints of ${hosts}. Add ` +
    'endpoints that others run, or ask for fewer.'
  )
}
