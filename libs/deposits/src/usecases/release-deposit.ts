import { AppError } from '@coffer/errors/app-error'
import { requireChain } from '@coffer/evm/require-chain'
import type { ChainId } from '@coffer/money/chain-id'
import { isReleasable } from '../domain/rejection.ts'

/** What names a deposit for ever. */
type Identity = { chain: ChainId; txHash: `0x${string}`; position: string }

/** What an operator asks for, and why: that is kept. */
export type ReleaseRequest = Identity & { reason: string }

/** A deposit that is not credited, as far as its release depends on it. */
export type Withheld = {
  status: string
  /** Why it is not credited. */
  reason: string | null
  blockNumber: bigint
  /** Blocks up to here are final. */
  final: bigint | null
  /** Why its chain waits for an operator; `null` is scanning. */
  latched: string | null
}

/**
 * Lets go of deposits that are not credited. Adapters: `adapters/postgres-releases.ts`,
 * `testing/memory-releases.ts`.
 */
export type Releases = {
  /**
   * Makes the deposit final, takes back that it was suspended if it was, and publishes its
   * confirmation under the next revision, all or nothing; unless `refuses` the deposit as it is at
   * that moment. Tells what it was; `undefined` of one that isn't known.
   */
  release(
    request: ReleaseRequest,
    refuses: (deposit: Withheld) => boolean,
  ): Promise<Withheld | undefined>
}

export type ReleaseDepositPorts = {
  releases: Releases
  chains: readonly ChainId[]
  /** Told of each deposit that an operator let go. */
  onReleased: (request: ReleaseRequest, was: Withheld) => void
}

/**
 * Credits to its owner a deposit that we hold and that was not credited, by order of an operator.
 * Whatever is found of it later changes nothing, but a reorg that takes its block away: when it
 * comes back, it is judged anew. Answers whether there is such a deposit. Throws
 * {@link DepositNotReleasableError}.
 */
export function releaseDeposit({ releases, chains, onReleased }: ReleaseDepositPorts) {
  return async (request: ReleaseRequest): Promise<boolean> => {
    requireChain(request.chain, chains)
    const was = await releases.release(request, (deposit) => problemOf(deposit) !== undefined)
    if (was === undefined) return false
    const problem = problemOf(was)
    if (problem !== undefined) throw new DepositNotReleasableError(request, problem)
    onReleased(request, was)
    return true
  }
}

/** Why a deposit can't be released now; `undefined` when it can. */
function problemOf({ status, reason, latched, blockNumber, final }: Withheld): string | undefined {
  if (latched !== null) return 'its chain is latched: see to that first'
  if (status === 'final' || status === 'credited') return `it is ${status} already`
  if (status === 'seen') return 'it is not final yet'
  if (status !== 'rejected') return `it is ${status}: its block left the chain`
  if (!isReleasable(reason)) {
    return `it is rejected as ${reason}, of which we hold nothing that is anybody's`
  }
  return final === null || blockNumber > final ? 'it is not final yet' : undefined
}

/** A deposit is not one that waits for an operator to release it. */
export class DepositNotReleasableError extends AppError {
  readonly code = 'DEPOSIT_NOT_RELEASABLE'

  constructor({ chain, txHash, position }: Identity, problem: string) {
    const id = `${chain}:${txHash}:${position}`
    super(`Deposit ${id} was not released: ${problem}.`, {
      retry: 'never',
      details: { deposit: id, problem },
    })
  }
}
