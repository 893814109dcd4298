import { type BloomInput, logsBloom } from './bloom.ts'
import { type HeaderJson, headerHash } from './header-hash.ts'
import { type ReceiptJson, receiptsRoot } from './receipts-root.ts'

/** What is proven of the blocks of a chain. Chains differ in what their headers really hold. */
export type ProofSteps = { headerHash: boolean; receiptsRoot: boolean; logsBloom: boolean }

const ALL: ProofSteps = { headerHash: true, receiptsRoot: true, logsBloom: true }

/** A header with its transactions' hashes, as `eth_getBlockByNumber` gives it. */
export type ProvenHeader = HeaderJson & {
  hash: string
  receiptsRoot: string
  logsBloom: string
  transactions: readonly unknown[]
}

/**
 * What is wrong with receipts as those of a header; nothing when they hold. The header's hash
 * proves its fields, its receipts root proves status, gas and logs of every receipt, and its bloom
 * those logs once more. Whether the hash is that of a block of the chain is for others to tell.
 * Throws ReceiptTypeError, and HexError where an answer is malformed.
 */
export function blockProof(
  header: ProvenHeader,
  receipts: readonly ReceiptJson[],
  steps: ProofSteps = ALL,
): string[] {
  const problems: string[] = []
  const { length } = header.transactions
  if (receipts.length !== length) {
    problems.push(`${receipts.length} receipts for ${length} transactions`)
  }
  if (steps.headerHash) problems.push(...headerProblems(header))
  if (steps.receiptsRoot) {
    const root = receiptsRoot(receipts)
    if (root !== header.receiptsRoot.toLowerCase()) {
      problems.push(`its receipts make up the root ${root}, not ${header.receiptsRoot}`)
    }
  }
  if (steps.logsBloom && logsBloom(logsOf(receipts)) !== header.logsBloom.toLowerCase()) {
    problems.push("its logs do not make up the header's logs bloom")
  }
  return problems
}

function headerProblems(header: ProvenHeader): string[] {
  const hash = headerHash(header)
  if (hash === undefined) return ['its hash can not be computed from the fields of its header']
  if (hash === header.hash.toLowerCase()) return []
  return [`its header has the hash ${hash}, not ${header.hash}`]
}

function* logsOf(receipts: readonly ReceiptJson[]): Generator<BloomInput> {
  for (const { logs } of receipts) yield* logs
}
