import { parseDepositReference } from '@coffer/events/deposit-reference'
import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { DifferenceKind, Finding } from './finding.ts'

/** What names a transfer on a chain. */
export type DepositName = { txHash: TxHash; position: string }

/** A transfer as the chain has it, of a transaction that succeeded. */
export type ChainTransfer = { asset: AssetId; to: Address; amount: bigint }

/** A credit of the ledger that has not been taken back. */
export type Credit = {
  reference: string
  owner: string
  asset: AssetId
  amount: bigint
  eventAt: Date
}

export type CreditFacts = {
  chain: string
  /** What the chain has under its name. */
  transfer: ChainTransfer | undefined
  /** Whose the address is that it went to. */
  ownerOfTo: string | undefined
  /** Whether less may arrive than a transfer says. */
  arrivesInPart: boolean
  /** Whether the same deposit has another credit that was not taken back. */
  isDoubled: boolean
}

/** What of a block pays without a transaction is proven by its header, which is not read again. */
const OF_BLOCKS = /^(withdrawal:|coinbase$)/

/**
 * The name of the transfer that a credit books; `undefined` if it is none that a transaction holds.
 * A reference that names no deposit names no transfer either: then it is `null`.
 */
export function transferName(chain: string, reference: string): DepositName | null | undefined {
  const { depositId } = readReference(reference) ?? { depositId: '' }
  const [txHash = '', ...rest] = depositId.slice(chain.length + 1).split(':')
  const position = rest.join(':')
  if (!depositId.startsWith(`${chain}:`) || !/^0x[0-9a-f]{64}$/.test(txHash)) return null
  if (OF_BLOCKS.test(position)) return undefined
  return /^(value|log:[0-9]+|trace:[0-9]+(\.[0-9]+)*)$/.test(position)
    ? { txHash: txHash as TxHash, position }
    : null
}

function readReference(reference: string) {
  try {
    return parseDepositReference(reference)
  } catch {
    return undefined
  }
}

/** What is wrong with a credit by what the chain has, if anything. */
export function judgeCredit(credit: Credit, facts: CreditFacts): Finding | undefined {
  const { chain, transfer, ownerOfTo, arrivesInPart, isDoubled } = facts
  const finding = (kind: DifferenceKind, detail?: string): Finding => ({
    kind,
    place: chain,
    subject: credit.reference,
    ours: { asset: credit.asset, amount: credit.amount },
    theirs: transfer && { asset: transfer.asset, amount: transfer.amount },
    happenedAt: credit.eventAt,
    detail,
  })
  if (isDoubled) return { ...finding('credit_doubled'), theirs: undefined }
  if (transfer === undefined) return finding('credit_without_transfer')
  if (transfer.asset !== credit.asset) return finding('credit_differs', 'another asset')
  if (ownerOfTo !== credit.owner) return finding('credit_differs', `it went to ${transfer.to}`)
  const isWhole = arrivesInPart
    ? credit.amount <= transfer.amount
    : credit.amount === transfer.amount
  return isWhole ? undefined : finding('credit_differs')
}
