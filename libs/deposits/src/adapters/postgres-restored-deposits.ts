import { bigintArray, bytesArray, textArray, timeArray } from '@coffer/postgres/binary-array'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { RestoredDeposit, RestoredDeposits } from '../usecases/restore-deposits.ts'

/** Deposits in PostgreSQL that are stored again. */
export function postgresRestoredDeposits(postgres: Postgres): RestoredDeposits {
  return {
    async restore(deposits) {
      const texts = (pick: (deposit: RestoredDeposit) => string | null) =>
        textArray(deposits.map(pick))
      const bytes = (pick: (deposit: RestoredDeposit) => string) => bytesArray(deposits.map(pick))
      const times = (pick: (deposit: RestoredDeposit) => Date) => timeArray(deposits.map(pick))
      const rows = await postgres.execute(sql`
        insert into deposits.deposits as deposit (
          chain, tx_hash, position, owner, asset, amount, "from", "to", block_number, block_hash,
          block_time, status, reason, revision, seen_at, confirmed_at)
        select chain, tx_hash, position, owner::uuid, asset, amount::numeric, "from", "to",
          block_number, block_hash, block_time, status, reason, revision, confirmed_at, confirmed_at
        from unnest(
          ${texts(({ chain }) => chain)}::text[],
          ${bytes(({ txHash }) => txHash)}::bytea[],
          ${texts(({ position }) => position)}::text[],
          ${texts(({ owner }) => owner)}::text[], ${texts(({ asset }) => asset)}::text[],
          ${texts(({ amount }) => `${amount}`)}::text[],
          ${bytes(({ from }) => from)}::bytea[], ${bytes(({ to }) => to)}::bytea[],
          ${bigintArray(deposits.map(({ blockNumber }) => BigInt(blockNumber)))}::bigint[],
          ${bytes(({ blockHash }) => blockHash)}::bytea[],
          ${times(({ blockTime }) => blockTime)}::timestamptz[],
          ${texts(({ status }) => status)}::text[], ${texts(({ reason }) => reason)}::text[],
          ${bigintArray(deposits.map(({ revision }) => BigInt(revision)))}::bigint[],
          ${times(({ confirmedAt }) => confirmedAt)}::timestamptz[]
        ) with ordinality as found (
          chain, tx_hash, position, owner, asset, amount, "from", "to", block_number, block_hash,
          block_time, status, reason, revision, confirmed_at, place)
        order by place
        on conflict (chain, tx_hash, position) do update set
          owner = excluded.owner, asset = excluded.asset, amount = excluded.amount,
          "from" = excluded."from", "to" = excluded."to",
          block_number = excluded.block_number, block_hash = excluded.block_hash,
          block_time = excluded.block_time, status = excluded.status, reason = excluded.reason,
          revision = excluded.revision, confirmed_at = excluded.confirmed_at, credited_at = null,
          changed_in = pg_current_xact_id()
        -- Its events, counted: one that is seen once more after a reorg has told of its end.
        where 2 * excluded.revision + (excluded.status = 'orphaned')::int
          > 2 * deposit.revision + (deposit.status in ('orphaned', 'reversed', 'seen'))::int
        returning 1`)
      return rows.length
    },
  }
}
