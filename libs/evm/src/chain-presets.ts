import { type ProofSteps, WHOLE_PROOF } from './block-proof.ts'

/** What is known of a family of chains. `docs/operations.md` names the sources. */
type ChainPreset = {
  confirmations: number | 'safe' | 'finalized'
  reorgDepthMax: number
  /** Types of transactions (EIP-2718) whose effects are understood. */
  transactionTypes: readonly number[]
  proof: ProofSteps
}

export type PresetName = 'ethereum' | 'op-stack' | 'arbitrum' | 'polygon' | 'bnb' | 'anvil'

/** Legacy, access list, dynamic fee, blob, set code. */
const ETHEREUM = [0x00, 0x01, 0x02, 0x03, 0x04]
/** The same without blobs, which only a layer 1 stores. */
const ROLLUP = [0x00, 0x01, 0x02, 0x04]
/** Deposits from layer 1. */
const OP_STACK = [0x7e]
/** Deposit, unsigned, contract, retry, submit retryable, internal; and from before Nitro. */
const ARBITRUM = [0x64, 0x65, 0x66, 0x68, 0x69, 0x6a, 0x78]
/** What bridges bring over (state sync). */
const POLYGON = [0x7f]

export const CHAIN_PRESETS: Readonly<Record<PresetName, ChainPreset>> = {
  ethereum: {
    confirmations: 'finalized',
    reorgDepthMax: 96,
    transactionTypes: ETHEREUM,
    proof: WHOLE_PROOF,
  },
  'op-stack': {
    confirmations: 'finalized',
    reorgDepthMax: 21_600,
    transactionTypes: [...ROLLUP, ...OP_STACK],
    // Since Isthmus the field holds the storage root of what passes messages to layer 1.
    proof: { ...WHOLE_PROOF, withdrawalsRoot: false },
  },
  arbitrum: {
    confirmations: 'finalized',
    reorgDepthMax: 14_400,
    transactionTypes: [...ROLLUP, ...ARBITRUM],
    proof: WHOLE_PROOF,
  },
  polygon: {
    confirmations: 'finalized',
    reorgDepthMax: 512,
    transactionTypes: [...ROLLUP, ...POLYGON],
    // Receipts of state syncs were told, and not in the header, until block 80,084,800.
    proof: { ...WHOLE_PROOF, receiptsRoot: false, logsBloom: false },
  },
  bnb: {
    confirmations: 'finalized',
    reorgDepthMax: 168,
    transactionTypes: ETHEREUM,
    proof: WHOLE_PROOF,
  },
  anvil: {
    confirmations: 1,
    reorgDepthMax: 64,
    transactionTypes: [...ETHEREUM, ...OP_STACK],
    proof: WHOLE_PROOF,
  },
}

/** All types of transactions whose receipts can be proven, of whatever chain. */
export const KNOWN_TYPES: readonly number[] = [...ETHEREUM, ...OP_STACK, ...ARBITRUM]
