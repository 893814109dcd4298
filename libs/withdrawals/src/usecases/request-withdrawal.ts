import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import { requireChain } from '@coffer/evm/require-chain'
import { IdempotencyKeyReusedError } from '@coffer/http/idempotency'
import { type Asset, type AssetId, chainOfAsset } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import { hashOfText } from '../domain/hash-of-text.ts'
import {
  LIMIT_WINDOW_MS,
  needsApproval,
  type Policy,
  type Refusal,
  type RefusalCode,
  refuseAmount,
  refuseDestination,
  refusePayee,
} from '../domain/policy.ts'
import type { Withdrawal } from '../domain/withdrawal.ts'
import { approvedMessage, requestedMessage } from '../domain/withdrawal-messages.ts'
import type { OwnerKind, WithdrawalRoom, WithdrawalRooms } from '../ports.ts'
import { holdDraft } from '../withdrawal-bookings.ts'

export type RequestWithdrawalOptions = {
  rooms: WithdrawalRooms
  policy: Policy
  chains: readonly ChainId[]
  assets: readonly Asset[]
  /** Addresses of ours that nothing is withdrawn to, such as the hot wallets. */
  own: readonly Address[]
  newId: () => string
  now: () => Date
}

export type WithdrawalRequest = {
  /** Chosen by who asks: the same request under the same key is the same withdrawal for ever. */
  key: string
  owner: string
  kind: Exclude<OwnerKind, 'payment'>
  asset: AssetId
  to: Address
  amount: Units
  /** Who holds the key that it is asked for with. */
  requestedBy: string
}

/**
 * Takes a withdrawal and holds what it takes, in one transaction with the key it was asked under.
 * What is refused is refused under its key for ever. Throws {@link WithdrawalRefusedError},
 * {@link IdempotencyKeyReusedError}, {@link OwnerUnknownError}, {@link AssetUnknownError}.
 */
export function requestWithdrawal(options: RequestWithdrawalOptions) {
  return async (request: WithdrawalRequest): Promise<Withdrawal> => {
    const answer = await options.rooms((room) => answerOnce(room, request, options))
    // Thrown when its transaction is kept: a refusal is an answer like any other.
    if ('code' in answer) throw new WithdrawalRefusedError(answer)
    return answer
  }
}

async function answerOnce(
  room: WithdrawalRoom,
  request: WithdrawalRequest,
  options: RequestWithdrawalOptions,
): Promise<Withdrawal | Refusal> {
  const { owner, kind, key, asset, to, amount } = request
  const payloadHash = hashOfText(JSON.stringify([kind, asset, to, amount.toString()]))
  if ((await room.ownerKind(owner)) !== kind) throw new OwnerUnknownError(owner, kind)
  requireChain(chainOfAsset(asset), options.chains)
  if (!options.assets.some(({ id }) => id === asset)) throw new AssetUnknownError(asset)
  const before = await room.claimKey({ owner, key, payloadHash, at: options.now() })
  if (before) {
    if (before.payloadHash !== payloadHash) throw new IdempotencyKeyReusedError(key)
    if (before.refusal) return before.refusal
    const known = before.withdrawalId && (await room.lock(before.withdrawalId))
    if (!known) throw new Error(`Nothing was answered under the key ${JSON.stringify(key)}.`)
    return known
  }
  const answer = await decide(room, request, options)
  const isRefused = 'code' in answer
  await room.answer(request, {
    withdrawalId: isRefused ? undefined : answer.id,
    refusal: isRefused ? answer : undefined,
  })
  return answer
}

async function decide(
  room: WithdrawalRoom,
  request: WithdrawalRequest,
  { policy, assets, own, newId, now }: RequestWithdrawalOptions,
): Promise<Withdrawal | Refusal> {
  const { owner, asset, to, amount } = request
  const chain = chainOfAsset(asset)
  const at = now()
  const tokens = assets.flatMap(({ chain: on, contract }) => {
    return on === chain && contract ? [contract] : []
  })
  const isWatched = await room.isWatched(chain, to)
  const payee = await room.payee(owner, chain, to)
  const refusal =
    refuseDestination(to, { tokens, own, isWatched }) ?? refusePayee(to, { policy, payee, now: at })
  if (refusal) return refusal
  if (policy.limits.has(asset)) {
    const since = new Date(at.getTime() - LIMIT_WINDOW_MS)
    const spent = await room.lockSpent({ owner, asset, since })
    const tooMuch = refuseAmount(request, { policy, spent })
    if (tooMuch) return tooMuch
  }
  const waits = needsApproval(request, policy)
  const withdrawal: Withdrawal = {
    ...{ id: newId(), owner, chain, asset, to, amount },
    fee: policy.fees.get(asset) ?? (0n as Units),
    refundId: undefined,
    status: waits ? 'awaiting_approval' : 'queued',
    needsApproval: waits,
    requestedBy: request.requestedBy,
    ...{ approvedBy: undefined, approvedHash: undefined, approvedAt: undefined },
    ...{ isAlone: false, transactionId: undefined, txHash: undefined, blockNumber: undefined },
    reason: undefined,
    version: waits ? 1 : 2,
    requestedAt: at,
    queuedAt: waits ? undefined : at,
    endedAt: undefined,
  }
  const [held] = await room.post([holdDraft(withdrawal)])
  if (held?.status === 'refused') return refusalOfHold(withdrawal, held.refusal.reason)
  await room.insert(withdrawal)
  await room.announce([
    requestedMessage({ ...withdrawal, version: 1 }, at),
    ...(waits ? [] : [approvedMessage(withdrawal, at)]),
  ])
  return withdrawal
}

const refusalOfHold = ({ amount, fee, asset }: Withdrawal, reason: string): Refusal => ({
  code: 'WITHDRAWAL_FUNDS',
  detail:
    reason === 'insufficient_funds'
      ? `${amount} of ${asset} and a fee of ${fee} are more than is available. Ask for less.`
      : 'The account takes no more withdrawals, for it is closed.',
})

/** Refused for ever, under the key that it was asked under. Its code says why. */
export class WithdrawalRefusedError extends AppError {
  readonly code: RefusalCode

  constructor({ code, detail }: Refusal) {
    super(detail, { retry: 'never' })
    this.code = code
  }
}

/** Nobody of this kind has this id. */
export class OwnerUnknownError extends AppError {
  readonly code = 'OWNER_UNKNOWN'

  constructor(id: string, kind: string) {
    super(`There is no ${kind} ${id}.`, { retry: 'never', details: { id, kind } })
  }
}

/** Nothing of it is paid out here. */
export class AssetUnknownError extends AppError {
  readonly code = 'ASSET_UNKNOWN'

  constructor(asset: AssetId) {
    super(`${asset} is not among the assets that are accepted here: see GET /v1/chains.`, {
      retry: 'never',
      details: { asset },
    })
  }
}
