import { type ProofSteps, WHOLE_PROOF } from './block-proof.ts'

/** What is known of a family of chains. Each says where from; `docs/operations.md` links to it. */
type ChainPreset = {
  confirmations: number | 'safe' | 'finalized'
  reorgDepthMax: number
  /** Types of transactions (EIP-2718) whose effects are understood. */
  transactionTypes: readonly number[]
  proof: ProofSteps
}

export type PresetName = 'ethereum' | 'op-stack' | 'arbitrum' | 'polygon' | 'bnb' | 'anvil'

/** Legacy, access list, dynamic fee, blob, set code: EIP-2718, 2930, 1559, 4844, 7702. */
const ETHEREUM = [0x00, 0x01, 0x02, 0x03, 0x04]
/** The same without blobs, which only a layer 1 stores. */
const ROLLUP = [0x00, 0x01, 0x02, 0x04]
/** Deposits from layer 1: OP Stack specification, deposited transactions. */
const OP_STACK = [0x7e]
/**
 * Deposit, unsigned, contract, retry, submit retryable, internal; and from before Nitro: Nitro's
 * go-ethereum, core/types/transaction.go.
 */
const ARBITRUM = [0x64, 0x65, 0x66, 0x68, 0x69, 0x6a, 0x78]
/** What bridges bring over (state sync): Bor, core/types/transaction.go. */
const POLYGON = [0x7f]

export const CHAIN_PRESETS: Readonly<Record<PresetName, ChainPreset>> = {
  // Consensus specification: an epoch of 32 slots is final when the second one after it is
  // justified, two to three epochs behind the head. No reorg passes what is final.
  ethereum: {
    confirmations: 'finalized',
    reorgDepthMax: 96,
    transactionTypes: ETHEREUM,
    proof: WHOLE_PROOF,
  },
  // OP Stack specification: a block is final when the layer 1 block that it is derived from is.
  // Until then as much may go as the sequencing window holds: 3,600 blocks of 12 s, in blocks of
  // 2 s.
  'op-stack': {
    confirmations: 'finalized',
    reorgDepthMax: 21_600,
    transactionTypes: [...ROLLUP, ...OP_STACK],
    // Since Isthmus the field holds the storage root of what passes messages to layer 1.
    proof: { ...WHOLE_PROOF, withdrawalsRoot: false },
  },
  // Arbitrum's RPC documentation: `finalized` is what is posted in a final block of layer 1. How
  // much the sequencer may take back until then nobody bounds: an hour of blocks of ¼ s is our
  // choice.
  arbitrum: {
    confirmations: 'finalized',
    reorgDepthMax: 14_400,
    transactionTypes: [...ROLLUP, ...ARBITRUM],
    proof: WHOLE_PROOF,
  },
  // PIP-11: milestones make `finalized`; where they fail the last checkpoint on layer 1 holds, some
  // 512 blocks behind.
  polygon: {
    confirmations: 'finalized',
    reorgDepthMax: 512,
    transactionTypes: [...ROLLUP, ...POLYGON],
    // Receipts of state syncs were told, and not in the header, until block 80,084,800.
    proof: { ...WHOLE_PROOF, receiptsRoot: false, logsBloom: false },
  },
  // BEP-126 and BNB's Finality API: block n is final by n + 2. Where votes fail only depth counts:
  // at worst a whole round of 21 validators with turns of 8 blocks.
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
