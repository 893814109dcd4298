import { depositReference } from '@coffer/events/deposit-reference'
import { type Finality, heightOfTier } from '../domain/finality.ts'
import { isSuspended } from '../domain/rejection.ts'
import { depositId, type FoundTransfer } from '../domain/transfer.ts'
import type { Tables } from './memory-tables.ts'
import type { StoredDeposit } from './stored-deposit.ts'

/** Stores transfers as deposits. Returns those that were written. */
export function storeDeposits(
  tables: Tables,
  transfers: readonly FoundTransfer[],
  finality: Finality,
): StoredDeposit[] {
  return transfers.flatMap((transfer) => {
    const id = depositId(tables.chain, transfer)
    const known = tables.deposits.get(id)
    const { asset, amount, from, to, block, rejection = null, tier = null } = transfer
    if (known && !mayBecome(known, rejection)) return []
    const isBooked = rejection === null || isSuspended(rejection)
    const isFinal = isBooked && block.number <= heightOfTier(finality, tier)
    const settled = rejection === null ? 'final' : 'rejected'
    const deposit = {
      id,
      owner: tables.ownerOf(to),
      ...{ from, to },
      asset,
      amount,
      to,
      status: isFinal || !isBooked ? settled : 'seen',
      reason: rejection,
      tier,
      revision: (known?.revision ?? 0) + (isFinal ? 1 : 0),
      blockNumber: block.number,
      blockHash: block.hash,
    }
    tables.deposits.set(id, deposit)
    return [deposit]
  })
}

/** Whether what is known of a deposit gives way to what was found now. */
function mayBecome({ status, reason }: StoredDeposit, rejection: string | null): boolean {
  if (status === 'orphaned' || status === 'reversed') return true
  return status === 'rejected' && !isSuspended(reason) && reason !== rejection
}

export const isPublished = ({ status, reason }: StoredDeposit): boolean =>
  ['final', 'credited'].includes(status) || (status === 'rejected' && isSuspended(reason))

/** Makes final, or rejects, what was seen and waits for no more. */
export function settle(tables: Tables, finality: Finality): StoredDeposit[] {
  const settled = [...tables.deposits.values()].filter(
    ({ status, blockNumber, tier }) =>
      status === 'seen' && blockNumber <= heightOfTier(finality, tier),
  )
  for (const deposit of settled) {
    deposit.status = deposit.reason === null ? 'final' : 'rejected'
    deposit.revision += 1
  }
  return settled
}

export function publish(
  { events }: Tables,
  deposits: readonly StoredDeposit[],
  kind: 'confirmation' | 'reversal',
): void {
  const inOrder = deposits.toSorted((a, b) => Number(a.blockNumber - b.blockNumber))
  for (const { id, revision, owner, amount, reason } of inOrder) {
    const reference = depositReference({ depositId: id, revision, kind })
    const told = { id: reference, key: owner, amount }
    const suspended = reason !== null
    if (kind === 'reversal') {
      events.push({ type: 'deposit.reversed', ...told, ...(suspended ? { suspended } : {}) })
    } else {
      events.push({ type: suspended ? 'deposit.suspended' : 'deposit.confirmed', ...told })
    }
  }
}
