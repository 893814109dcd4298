import type { Transaction } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import type { deposits } from '../schema.ts'
import { partsOfDepositId } from './deposit-id-parts.ts'

/** What is stored of a deposit, by which its bookings can be judged. */
export type DepositStanding = {
  id: string
  status: (typeof deposits.$inferSelect)['status']
  amount: bigint
  revision: number
  /** Whether nothing has changed about it for long, so that all of it ought to be booked. */
  isSettled: boolean
}

type Reads = Pick<Transaction, 'execute'>
type Row = Omit<DepositStanding, 'amount'> & { amount: string }

/** What happened within the hour may be on its way still. */
const standing = sql`
  deposit.chain || ':0x' || encode(deposit.tx_hash, 'hex') || ':' || deposit.position as id,
  deposit.status, deposit.amount, deposit.revision,
  greatest(deposit.seen_at, deposit.confirmed_at, (
    select orphaned_at from deposits.blocks block
    where block.chain = deposit.chain and block.hash = deposit.block_hash
  )) < now() - interval '1 hour' as "isSettled"`

/** The `count` deposits that were found last. */
export const newestDeposits = (postgres: Reads, count: number) =>
  standingsOf(postgres, sql`deposits.deposits deposit order by sequence desc limit ${count}`)

/** Those of `ids` that are stored. */
export async function depositsNamed(
  postgres: Reads,
  ids: readonly string[],
): Promise<DepositStanding[]> {
  const parts = ids.map(partsOfDepositId)
  const list = (values: readonly string[]) => sql`${sql.param(values)}::text[]`
  return await standingsOf(
    postgres,
    sql`unnest(${list(parts.map(({ chain }) => chain))}, ${list(parts.map(({ txHash }) => txHash))},
        ${list(parts.map(({ position }) => position))}) as named (chain, tx_hash, position)
      join deposits.deposits deposit on deposit.chain = named.chain
        and deposit.tx_hash = decode(named.tx_hash, 'hex') and deposit.position = named.position`,
  )
}

async function standingsOf(postgres: Reads, from: SQL): Promise<DepositStanding[]> {
  const rows = await postgres.execute<Row>(sql`select ${standing} from ${from}`)
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }))
}
