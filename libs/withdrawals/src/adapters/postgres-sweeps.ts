import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import { sweepSources } from '../schema.ts'
import type { Arrival, SweepRooms, Sweeps } from '../sweep-ports.ts'
import { outgoingRoom } from './outgoing-rows.ts'

type Row = { address: string; asset: AssetId; owner: string; place: string | null }

/** {@link Sweeps} in PostgreSQL. */
export const postgresSweeps = (postgres: Postgres): Sweeps => ({
  async note(arrivals, at) {
    if (arrivals.length === 0) return
    const distinct = new Map(arrivals.map((each) => [keyOf(each), each]))
    await postgres
      .insert(sweepSources)
      .values([...distinct.values()].map((each) => ({ ...each, dueAt: at })))
      .onConflictDoUpdate({
        target: [sweepSources.chain, sweepSources.address, sweepSources.asset],
        set: { dueAt: at, tries: 0 },
      })
  },
  async release(chain, at) {
    await postgres.execute(sql`
      update withdrawals.sweep_sources source
      set transaction_id = null, tries = source.tries + 1,
        due_at = ${at.toISOString()}::timestamptz
          + least(interval '1 day', interval '1 minute' * (power(2, least(source.tries, 20)) - 1))
      from withdrawals.transactions made
      where made.id = source.transaction_id and made.status <> 'open' and source.chain = ${chain}`)
  },
  async due(chain, until, limit) {
    const rows = await postgres.execute<Row>(sql`
      select encode(source.address, 'hex') as address, source.asset, known.owner,
        known.derivation_index as place
      from withdrawals.sweep_sources source
      join wallets.addresses known on known.chain = source.chain and known.address = source.address
      where source.chain = ${chain} and source.transaction_id is null
        and source.due_at <= ${until.toISOString()}
        and not exists (
          select 1 from withdrawals.transactions made
          where made.status = 'open' and made.chain = source.chain
            and (made.sender = source.address
              or (made.purpose = 'top-up' and made.to_address = source.address)))
      order by source.due_at, source.address, source.asset
      limit ${limit}`)
    return rows.map(({ address, place, ...row }) => ({
      ...{ chain, address: `0x${address}` as Address, ...row },
      derivationIndex: place === null ? undefined : Number(place),
    }))
  },
  async postpone(sources, dueAt) {
    if (sources.length === 0) return
    await postgres.execute(sql`
      update withdrawals.sweep_sources set due_at = ${dueAt.toISOString()} where ${among(sources)}`)
  },
  async forget(sources) {
    if (sources.length === 0) return
    await postgres.execute(sql`
      delete from withdrawals.sweep_sources
      where transaction_id is null and ${among(sources)}`)
  },
})

/** {@link SweepRooms} in PostgreSQL. */
export const postgresSweepRooms =
  (postgres: Postgres): SweepRooms =>
  (work) =>
    postgres.transaction((tx) =>
      work({
        async lockChain(chain) {
          const lock = `sweeps ${chain}`
          await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
        },
        async spent(chain, since) {
          const [sum] = await tx.execute<{ spent: string }>(sql`
            select coalesce(sum(coalesce(made.gas_cost, made.gas * coalesce(
              (select max(max_fee_per_gas) from withdrawals.attempts
                where transaction_id = made.id), made.max_fee_per_gas))), 0)::text
              as spent
            from withdrawals.transactions made
            where made.chain = ${chain} and made.purpose not in ('payout', 'approve')
              and made.created_at > ${since.toISOString()}`)
          return BigInt(sum?.spent ?? 0)
        },
        async claim(sources, transactionId) {
          if (sources.length === 0) return true
          const claimed = await tx.execute(sql`
            update withdrawals.sweep_sources set transaction_id = ${transactionId}
            where transaction_id is null and ${among(sources)} returning 1`)
          return claimed.length === sources.length
        },
        outgoing: outgoingRoom(tx),
      }),
    )

const keyOf = ({ chain, address, asset }: Arrival) => `${chain} ${address} ${asset}`

function among(sources: readonly Arrival[]): SQL {
  const rows = sources.map(
    ({ chain, address, asset }) =>
      sql`(${chain}, ${Buffer.from(address.slice(2), 'hex')}::bytea, ${asset})`,
  )
  return sql`(chain, address, asset) in (${sql.join(rows, sql`, `)})`
}
