import { enqueue } from '@coffer/messaging/outbox'
import type { Database, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { isSuspended } from '../domain/rejection.ts'
import type { ReleaseRequest, Releases, Withheld } from '../usecases/release-deposit.ts'
import { columns, confirmations, type DepositRow, reversals } from './deposit-rows.ts'

/** {@link Releases} in the tables of `../schema.ts`. */
export function postgresReleases(postgres: Database): Releases {
  return {
    release: (request, refuses) =>
      postgres.transaction(async (tx) => {
        const row = await lockDeposit(tx, request)
        if (row === undefined) return undefined
        const was = withheld(row)
        if (!refuses(was)) await letGo(tx, row, request.reason)
        return was
      }),
  }
}

type LockedRow = DepositRow & { latched_reason: string | null; final_number: string | null }

/**
 * The chain's row is locked first, as every step of its scan does: so a reorg comes before this or
 * after it, and what it takes back is published in that order.
 */
async function lockDeposit(
  tx: Transaction,
  { chain, txHash, position }: ReleaseRequest,
): Promise<LockedRow | undefined> {
  const [state] = await tx.execute<Pick<LockedRow, 'latched_reason' | 'final_number'>>(sql`
    select latched_reason, final_number from deposits.chains where chain = ${chain} for update`)
  const [row] = await tx.execute<DepositRow>(sql`
    select ${columns} from deposits.deposits as deposit
    where chain = ${chain} and tx_hash = decode(${txHash.slice(2)}, 'hex')
      and position = ${position}
    for update`)
  return state && row && { ...row, ...state }
}

function withheld({ status, reason, block_number, final_number, latched_reason }: LockedRow) {
  const final = final_number === null ? null : BigInt(final_number)
  const blockNumber = BigInt(block_number)
  return { status, reason, blockNumber, final, latched: latched_reason } satisfies Withheld
}

async function letGo(tx: Transaction, row: LockedRow, reason: string): Promise<void> {
  const released = await tx.execute<DepositRow>(sql`
    update deposits.deposits as deposit
    set status = 'final', reason = null, revision = revision + 1, confirmed_at = now(),
      changed_in = pg_current_xact_id()
    where sequence = ${row.sequence} returning ${columns}`)
  await tx.execute(sql`
    insert into deposits.releases (chain, tx_hash, position, revision, withheld_reason, reason)
    select chain, tx_hash, position, revision, ${row.reason}, ${reason}
    from deposits.deposits where sequence = ${row.sequence}`)
  const was = { ...row, status_before: row.status, reason_before: row.reason }
  const takenBack = isSuspended(row.reason) ? reversals([was], 'released') : []
  await enqueue(tx, [...takenBack, ...confirmations(released)])
}
