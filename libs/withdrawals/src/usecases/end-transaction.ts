import { crashPoint } from '@coffer/runtime/crash-point'
import type { AttemptKind, Outgoing, Purpose } from '../domain/outgoing.ts'
import { paidByLogs } from '../domain/paid-by-logs.ts'
import type { Withdrawal } from '../domain/withdrawal.ts'
import type { Ending, Mined, PayoutMetrics, WithdrawalRooms } from '../ports.ts'
import { gasDraft } from '../withdrawal-bookings.ts'
import { complete, type Ended, fail, keepEnded, requeue } from './end-payouts.ts'

type Options = { rooms: WithdrawalRooms; metrics: PayoutMetrics; now: () => Date }

/**
 * Ends a transaction by what took its nonce for good: one of its attempts, or, without `mined`,
 * somebody else's. Its withdrawals, what it cost and what is told of it are one transaction of the
 * database. Repeating it changes nothing.
 */
export async function endTransaction(
  { rooms, metrics, now }: Options,
  id: string,
  mined: Mined | undefined,
): Promise<void> {
  const ended = await rooms(async (room) => {
    const open = await room.outgoing.lockOpen(id)
    if (open === undefined) return undefined
    const at = now()
    const kind = open.attempts.find(({ hash }) => hash === mined?.hash)?.kind
    const ending: Ending = {
      status: statusOf(mined, kind),
      ...{ minedIn: mined?.blockNumber, minedHash: mined?.hash },
      gasCost: mined?.gasCost ?? 0n,
      at,
    }
    const paid = await room.lockPaidBy(id)
    const gas = { chain: open.chain, gasCost: ending.gasCost, at: mined?.minedAt ?? at }
    await keepEnded(
      room,
      outcomesOf(open, { paid, mined, status: ending.status, at }),
      ending.gasCost > 0n ? [gasDraft(gasReference(open.purpose, id), gas)] : [],
    )
    await room.outgoing.end(id, ending)
    crashPoint('withdrawals.before-commit')
    return { chain: open.chain, status: ending.status }
  })
  if (ended === undefined) return
  crashPoint('withdrawals.after-commit')
  metrics.ended(ended.chain, ended.status)
}

const gasReference = (purpose: Purpose, id: string): string =>
  purpose === 'payout' || purpose === 'approve' ? `payout:${id}:gas` : `sweep:${id}:gas`

function statusOf(mined: Mined | undefined, kind: AttemptKind | undefined): Ending['status'] {
  if (mined === undefined) return 'displaced'
  if (kind === 'noop') return 'cancelled'
  return mined.succeeded ? 'succeeded' : 'reverted'
}

type Facts = {
  paid: readonly Withdrawal[]
  mined: Mined | undefined
  status: Ending['status']
  at: Date
}

/** Each withdrawal by itself: of those that a batch did not pay, each tries once more alone. */
function outcomesOf(open: Outgoing, { paid, mined, status, at }: Facts): Ended[] {
  if (mined === undefined) return paid.map((each) => requeue(each, { isAlone: false }))
  if (status === 'succeeded') {
    const arrived = paidByLogs(paid, { sender: open.sender, logs: mined.logs })
    const { hash: txHash, blockNumber, minedAt } = mined
    const facts = { txHash, blockNumber, minedAt, at }
    return paid.map((each, place) =>
      arrived[place]
        ? complete(each, facts)
        : fail(each, { reason: 'not_transferred', txHash: mined.hash, at }),
    )
  }
  if (paid.length > 1) return paid.map((each) => requeue(each, { isAlone: true }))
  const reason = status === 'reverted' ? 'reverted' : (open.refusal ?? 'cancelled')
  const txHash = status === 'reverted' ? mined.hash : undefined
  return paid.map((each) => fail(each, { reason, txHash, at }))
}
