import { type BloomInput, logsBloom } from './bloom.ts'
import { type HeaderJson, headerHash } from './header-hash.ts'
import { LOG, LOG_FIELDS, RECEIPT, RECEIPT_FIELDS } from './receipt-table.ts'
import { type ReceiptJson, receiptsRoot } from './receipts-root.ts'
import { type ToldReceipts, textOf } from './told-receipts.ts'
import { type WithdrawalJson, withdrawalsRoot } from './withdrawals-root.ts'

/** What is proven of the blocks of a chain. Chains differ in what their headers really hold. */
export type ProofSteps = {
  headerHash: boolean
  receiptsRoot: boolean
  logsBloom: boolean
  withdrawalsRoot: boolean
}

/** Everything that can be proven. */
export const WHOLE_PROOF: ProofSteps = {
  headerHash: true,
  receiptsRoot: true,
  logsBloom: true,
  withdrawalsRoot: true,
}

/** A header with its transactions' hashes, as `eth_getBlockByNumber` gives it. */
export type ProvenHeader = HeaderJson & {
  hash: string
  receiptsRoot: string
  logsBloom: string
  transactions: readonly unknown[]
  withdrawals?: readonly WithdrawalJson[] | null
  withdrawalsRoot?: string | null
}

/**
 * What is wrong with receipts as those of a header; nothing when they hold. The header's hash
 * proves its fields, its receipts root proves status, gas and logs of every receipt, its bloom
 * those logs where the other two don't, and its withdrawals root its withdrawals. Whether the hash
 * is that of a block of the chain is for others to tell. Throws ReceiptTypeError, and HexError
 * where an answer is malformed.
 */
export function blockProof(
  header: ProvenHeader,
  receipts: readonly ReceiptJson[],
  steps: ProofSteps = WHOLE_PROOF,
): string[] {
  const given: Given = {
    count: receipts.length,
    root: () => receiptsRoot(receipts),
    logs: () => receipts.values().flatMap(({ logs }) => logs),
  }
  return problemsOf(header, given, steps)
}

/** Like {@link blockProof}, of receipts as they came from the node. */
export function toldProof(
  header: ProvenHeader,
  told: ToldReceipts,
  steps: ProofSteps = WHOLE_PROOF,
): string[] {
  const { from, to, root } = told
  return problemsOf(header, { count: to - from, root, logs: () => logsIn(told) }, steps)
}

type Given = { count: number; root: () => string; logs: () => Iterable<BloomInput> }

function problemsOf(header: ProvenHeader, { count, root, logs }: Given, steps: ProofSteps) {
  const problems: string[] = []
  const { length } = header.transactions
  if (count !== length) problems.push(`${count} receipts for ${length} transactions`)
  if (steps.headerHash) problems.push(...headerProblems(header))
  if (steps.receiptsRoot) {
    const found = root()
    if (found !== header.receiptsRoot.toLowerCase()) {
      problems.push(`its receipts make up the root ${found}, not ${header.receiptsRoot}`)
    }
  }
  // The root that a proven hash names leaves no other logs to make up a bloom of.
  const isImplied = steps.headerHash && steps.receiptsRoot && problems.length === 0
  if (steps.logsBloom && !isImplied && logsBloom(logs()) !== header.logsBloom.toLowerCase()) {
    problems.push("its logs do not make up the header's logs bloom")
  }
  if (steps.withdrawalsRoot) problems.push(...withdrawalProblems(header))
  return problems
}

/** What is wrong with a header itself; nothing when its fields make up its hash. */
export function headerProblems(header: ProvenHeader): string[] {
  const hash = headerHash(header)
  if (hash === undefined) return ['its hash can not be computed from the fields of its header']
  if (hash === header.hash.toLowerCase()) return []
  return [`its header has the hash ${hash}, not ${header.hash}`]
}

/** Without withdrawals, as most blocks of most chains are, nothing is computed. */
function withdrawalProblems({ withdrawals, withdrawalsRoot: told }: ProvenHeader): string[] {
  const list = withdrawals ?? []
  if (told === undefined || told === null) {
    return list.length === 0 ? [] : ['it has withdrawals, of which its header has no root']
  }
  const found = withdrawalsRoot(list)
  if (found === told.toLowerCase()) return []
  return [`its withdrawals make up the root ${found}, not ${told}`]
}

function* logsIn(told: ToldReceipts): Generator<BloomInput> {
  const { receipts, logs, from, to } = told
  const first = receipts[from * RECEIPT_FIELDS + RECEIPT.logsFrom] ?? 0
  const end = receipts[(to - 1) * RECEIPT_FIELDS + RECEIPT.logsTo] ?? 0
  for (let row = first * LOG_FIELDS; row < end * LOG_FIELDS; row += LOG_FIELDS) {
    const begin = row + LOG.topics
    const places = logs.subarray(begin, begin + (logs[row + LOG.topicCount] ?? 0))
    const topics = Array.from(places, (place) => textOf(told, place) ?? '')
    yield { address: textOf(told, logs[row + LOG.address] ?? 0) ?? '', topics }
  }
}
