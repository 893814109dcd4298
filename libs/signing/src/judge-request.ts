import { ZERO_ADDRESS } from '@coffer/evm/address'
import { nativeAssetId } from '@coffer/money/asset'
import { type DecodedCall, decodeCall, type Movement } from './decode-call.ts'
import { type ChainPolicy, isContract, type SigningPolicy } from './policy.ts'
import type { KeyRing, SigningRequest, StatedPayout } from './ports.ts'
import { SigningRefusedError } from './signing-refused.ts'

/** What a request that may be signed counts against, and the most of it within a window. */
export type Count = { amount: bigint; windowMax: bigint }
export type Counts = ReadonlyMap<string, Count>

type Judging = { request: SigningRequest; policy: ChainPolicy; keys: KeyRing }

/**
 * Holds a request against the policy, by what its bytes do and not by what it says of itself.
 * Returns what it counts. Throws {@link SigningRefusedError} with the rule that it breaks.
 */
export function judgeRequest(
  request: SigningRequest,
  { chains }: SigningPolicy,
  keys: KeyRing,
): Counts {
  const policy = chains.find(({ chain }) => chain === request.chain)
  if (!policy) throw new SigningRefusedError('chain', `the policy has no ${request.chain}.`)
  const judging = { request, policy, keys }
  const fee = judgeFee(judging)
  const amounts = judgePurpose(judging, decodeCall(request.transaction, policy))
  return new Map([[`fee ${policy.chain}`, fee], ...amounts])
}

function judgeFee({ request, policy }: Judging): Count {
  const { gas, maxFeePerGas, maxPriorityFeePerGas } = request.transaction
  const { gasMax, feeMax, feeWindowMax } = policy
  const fee = gas * maxFeePerGas
  if (gas > gasMax) throw new SigningRefusedError('gas', `${gas} is more than ${gasMax}.`)
  if (fee > feeMax) throw new SigningRefusedError('fee', `${fee} wei is more than ${feeMax}.`)
  if (maxPriorityFeePerGas > maxFeePerGas) {
    throw new SigningRefusedError('fee', 'the priority fee is more than the whole fee.')
  }
  return { amount: fee, windowMax: feeWindowMax }
}

function judgePurpose(judging: Judging, call: DecodedCall): [string, Count][] {
  const { request } = judging
  switch (request.purpose) {
    case 'payout':
      return judgePayout(judging, movementsOf(call, request))
    case 'top-up':
      return judgeTopUp(judging, movementsOf(call, request))
    case 'cold':
      return judgeCold(judging, movementsOf(call, request))
    case 'sweep':
      return judgeSweep(judging, call)
    case 'approve':
      return judgeApproval(judging, call)
    case 'cancel':
      return judgeCancel(judging)
  }
}

function judgePayout(judging: Judging, movements: readonly Movement[]): [string, Count][] {
  const { request, policy } = judging
  requireHotWallet(judging)
  requireStated(movements, request.payouts ?? [])
  const totals = new Map<string, Count>()
  for (const { asset, to, amount } of movements) {
    const limits = policy.assets.find((each) => each.asset === asset)
    if (!limits) throw new SigningRefusedError('asset', `the policy has no ${asset}.`)
    if (to === ZERO_ADDRESS || to === policy.hotWallet || isContract(policy, to)) {
      throw new SigningRefusedError('recipient', `${to} is nobody whom a payout is owed to.`)
    }
    if (amount === 0n) throw new SigningRefusedError('amount', 'a payout of nothing.')
    if (amount > limits.payoutMax) {
      throw new SigningRefusedError('amount', `${amount} of ${asset} is over ${limits.payoutMax}.`)
    }
    const total = (totals.get(asset)?.amount ?? 0n) + amount
    totals.set(asset, { amount: total, windowMax: limits.windowMax })
  }
  return [...totals]
}

function judgeTopUp(judging: Judging, movements: readonly Movement[]): [string, Count][] {
  const { policy, request, keys } = judging
  const { amount, asset, to } = onlyOne(movements)
  requireHotWallet(judging)
  if (asset !== nativeAssetId(policy.chain)) {
    throw new SigningRefusedError('asset', 'gas is paid in the coin of the chain.')
  }
  if (!keys.isDerived(to, request.derivationIndex)) {
    throw new SigningRefusedError('recipient', `${to} is not at that place in the HD wallet.`)
  }
  if (amount > policy.topUpMax) {
    throw new SigningRefusedError('amount', `${amount} wei is over ${policy.topUpMax}.`)
  }
  return [[`top-up ${policy.chain}`, { amount, windowMax: policy.topUpWindowMax }]]
}

/** What goes to a cold address is safe there, however much it is. */
function judgeCold(judging: Judging, movements: readonly Movement[]): [] {
  const { to } = onlyOne(movements)
  requireHotWallet(judging)
  if (!judging.policy.coldAddresses.includes(to)) {
    throw new SigningRefusedError('recipient', `${to} is not among the cold addresses.`)
  }
  return []
}

function judgeSweep(judging: Judging, call: DecodedCall): [] {
  const { request, policy, keys } = judging
  if (call.does === 'flush') {
    requireHotWallet(judging)
    const unknown = call.tokens.find((token) => !policy.assets.some(({ asset }) => asset === token))
    if (unknown) throw new SigningRefusedError('asset', `the policy has no ${unknown}.`)
    return []
  }
  const { to } = onlyOne(movementsOf(call, request))
  if (!keys.isDerived(request.from, request.derivationIndex)) {
    throw new SigningRefusedError('from', `${request.from} is not at that place of the HD wallet.`)
  }
  if (to !== policy.hotWallet) {
    throw new SigningRefusedError('recipient', `${to} is not the hot wallet.`)
  }
  return []
}

/** An allowance lets the batch payer take what the hot wallet tells it to, in a call of its own. */
function judgeApproval(judging: Judging, call: DecodedCall): [] {
  requireHotWallet(judging)
  if (call.does !== 'approve') throw new SigningRefusedError('intent', 'it approves nothing.')
  if (!judging.policy.batchPayers.includes(call.spender)) {
    throw new SigningRefusedError('recipient', `${call.spender} is no batch payer.`)
  }
  return []
}

function judgeCancel({ request, policy, keys }: Judging): [] {
  const { from, transaction, derivationIndex } = request
  const { to, value, data } = transaction
  if (to !== from || value !== 0n || data !== '0x') {
    throw new SigningRefusedError('intent', 'it does something, and not nothing to itself.')
  }
  if (from !== policy.hotWallet && !keys.isDerived(from, derivationIndex)) {
    throw new SigningRefusedError('from', `${from} is neither hot wallet nor of the HD wallet.`)
  }
  return []
}

function requireHotWallet({ request, policy }: Judging): void {
  if (request.from === policy.hotWallet) return
  throw new SigningRefusedError('from', `${request.from} is not the hot wallet of this chain.`)
}

/** What a request says that it pays has to be what it pays, in that order. */
function requireStated(movements: readonly Movement[], payouts: readonly StatedPayout[]): void {
  const isStated = (movement: Movement, payout: StatedPayout | undefined) =>
    movement.asset === payout?.asset &&
    movement.to === payout.to &&
    movement.amount.toString() === payout.amount
  const ids = new Set(payouts.map(({ id }) => id))
  const isTrue =
    movements.length > 0 &&
    movements.length === payouts.length &&
    ids.size === payouts.length &&
    movements.every((movement, index) => isStated(movement, payouts[index]))
  if (!isTrue) throw new SigningRefusedError('intent', 'it pays something else than it states.')
}

function movementsOf(call: DecodedCall, { purpose }: SigningRequest): readonly Movement[] {
  if (call.does === 'pay' && (purpose === 'payout' || !call.isBatch)) return call.movements
  throw new SigningRefusedError('intent', `what it does is no ${purpose}.`)
}

function onlyOne([movement]: readonly Movement[]): Movement {
  if (!movement) throw new SigningRefusedError('intent', 'it moves nothing.')
  return movement
}
