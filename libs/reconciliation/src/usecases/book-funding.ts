import { AppError } from '@coffer/errors/app-error'
import type { TxHash } from '@coffer/evm/hash'
import { SYSTEM } from '@coffer/ledger/chart-of-accounts'
import type { PostingOutcome } from '@coffer/ledger/ports'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import type { Moved, Movements, ReconciledChain } from '../chain-ports.ts'
import type { Fundings } from '../ports.ts'
import { ReconciliationPlaceError } from './request-run.ts'

export type BookFundingOptions = {
  chains: readonly ReconciledChain[]
  fundings: Fundings
}

export type FundingRequest = { chain: string; transaction: TxHash }

/** A transfer from outside to an address of ours, in the books as capital. */
export type Funding = Moved & {
  reference: string
  /** Whether it was booked now, and not before. */
  isNew: boolean
}

export type Funded = { block: bigint; at: Date; fundings: readonly Funding[] }

/**
 * Books what a final transaction brought to our own addresses from outside as capital, each
 * transfer once, however often it is asked for. Throws {@link ReconciliationPlaceError},
 * {@link FundingUnknownError}, {@link FundingNotFinalError} and {@link FundingError}.
 */
export const bookFunding =
  ({ chains, fundings }: BookFundingOptions) =>
  async ({ chain: place, transaction }: FundingRequest): Promise<Funded> => {
    const chain = chains.find((each) => each.chain === place)
    if (chain === undefined) {
      const known = chains.map((each) => each.chain)
      throw new ReconciliationPlaceError({ scope: 'chain', place, known })
    }
    const found = await chain.nodes.movements(transaction)
    if (found === undefined) throw new FundingUnknownError(chain.chain, transaction)
    const final = await chain.nodes.finalHeight()
    const { number, at } = found.block
    if (number > final) throw new FundingNotFinalError(transaction, { block: number, final })
    const moved = await fundingsIn(chain, found, transaction)
    const drafts = moved.map((each) => draftOf(`${chain.chain}:${transaction}`, each, at))
    const outcomes = await fundings.book(drafts)
    return {
      ...{ block: number, at },
      fundings: moved.map((each, place) => ({
        ...each,
        reference: drafts[place]?.reference ?? '',
        isNew: isNewIn(outcomes[place], transaction),
      })),
    }
  }

/** What comes from an address of ours moves nothing in or out, and users' deposits are credited. */
async function fundingsIn(
  { ownAddresses, holders, assets }: ReconciledChain,
  { sender, succeeded, moved, tellsCalls }: Movements,
  transaction: TxHash,
): Promise<Moved[]> {
  if (!succeeded) throw new FundingError(transaction, 'it failed, and moved nothing')
  if (ownAddresses.length === 0) {
    throw new FundingError(transaction, 'OWN_ADDRESSES names no address of ours to be funded')
  }
  if (ownAddresses.includes(sender)) {
    throw new FundingError(transaction, 'we sent it ourselves, so what it moved was ours')
  }
  const accepted = new Set(assets.map(({ id }) => id))
  const toUs = moved.filter(({ to, asset }) => ownAddresses.includes(to) && accepted.has(asset))
  const watched = await holders.ownersOf([...new Set(toUs.flatMap(({ from, to }) => [from, to]))])
  const isOutside = ({ from, to, amount }: Moved) =>
    amount > 0n && !ownAddresses.includes(from) && !watched.has(from) && !watched.has(to)
  const fundings = toUs.filter(isOutside)
  if (fundings.length > 0) return fundings
  if (toUs.length > 0) {
    throw new FundingError(transaction, 'what came to our addresses came from others of ours')
  }
  const unseen = tellsCalls ? '' : '; the node tells of no inner calls, by which coin may have come'
  throw new FundingError(
    transaction,
    `it brought no accepted asset to any of OWN_ADDRESSES${unseen}`,
  )
}

function draftOf(identity: string, { position, asset, amount }: Moved, at: Date): TransactionDraft {
  return {
    reference: `funding:${identity}:${position}`,
    code: 'capital.paid_in',
    owner: SYSTEM,
    eventAt: at,
    entries: [
      { account: { owner: SYSTEM, code: 'custody', asset }, amount },
      { account: { owner: SYSTEM, code: 'capital', asset }, amount: -amount },
    ],
  }
}

function isNewIn(outcome: PostingOutcome | undefined, transaction: TxHash): boolean {
  if (outcome?.status === 'created') return true
  if (outcome?.status === 'exists') return false
  throw new Error(`The ledger answers ${outcome?.status} to the funding ${transaction}.`)
}

/** No block of the chain has it. */
export class FundingUnknownError extends AppError {
  readonly code = 'FUNDING_UNKNOWN'

  constructor(chain: string, transaction: string) {
    super(
      `No block of ${chain} has the transaction ${transaction}. Look whether it is of this ` +
        'chain, and was mined.',
      { retry: 'never', details: { chain, transaction } },
    )
  }
}

/** A reorg could still take it back. */
export class FundingNotFinalError extends AppError {
  readonly code = 'FUNDING_NOT_FINAL'

  constructor(transaction: string, { block, final }: { block: bigint; final: bigint }) {
    super(
      `The transaction ${transaction} is in block ${block}, and the chain is final up to ` +
        `${final}. Ask again when that is as high.`,
      { retry: 'retry', details: { transaction, block, final } },
    )
  }
}

/** It brought us nothing from outside. */
export class FundingError extends AppError {
  readonly code = 'FUNDING_NONE'

  constructor(transaction: string, problem: string) {
    super(
      `The transaction ${transaction} funds nothing: ${problem}. Expected one by which ` +
        'somebody outside sent an accepted asset to one of OWN_ADDRESSES.',
      { retry: 'never', details: { transaction } },
    )
  }
}
