import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Gauge } from 'prom-client'

type Nonces = { chain: string; gaps: number; oldestSeconds: number }

/**
 * Measures for Prometheus, whenever it asks, which nonces of ours hold up those behind them. A
 * chain of which nothing is under way any more is told as such.
 */
export function measureNonces(registry: Metrics, postgres: Postgres): void {
  const chains = new Set<string>()
  const ask = askOnce(() => readNonces(postgres))
  const gauge = (name: string, figure: 'gaps' | 'oldestSeconds', help: string) =>
    new Gauge({
      ...{ name, help, labelNames: ['chain'] as const, registers: [registry] },
      async collect() {
        const told = await ask()
        this.reset()
        // With PostgreSQL away there is no figure; the other metrics are still told.
        if (told === undefined) return
        for (const { chain } of told) chains.add(chain)
        for (const chain of chains) this.set({ chain }, 0)
        for (const each of told) this.set({ chain: each.chain }, each[figure])
      },
    })
  gauge(
    'coffer_nonce_gaps',
    'gaps',
    'Nonces that are neither mined nor with a node, and that later ones wait for.',
  )
  gauge('coffer_nonce_oldest_seconds', 'oldestSeconds', 'How long the first open nonce has waited.')
}

/**
 * Of each sender with something open: from behind what ended before to the last nonce that a node
 * has or had, each one ought to have ended, or to be with a node. A row that is gone is a gap, too.
 */
const readNonces = async (postgres: Postgres): Promise<Nonces[]> =>
  await postgres.execute<Nonces>(sql`
    with open as (
      select chain, sender, min(nonce) as lowest, min(created_at) as oldest
      from withdrawals.transactions where status = 'open' group by chain, sender
    ), bounded as (
      select open.*, coalesce(ended.nonce + 1, lowest) as first
      from open left join lateral (
        select nonce from withdrawals.transactions before
        where before.chain = open.chain and before.sender = open.sender
          and before.nonce < open.lowest
        order by nonce desc limit 1
      ) ended on true
    ), counted as (
      select bounded.chain, bounded.sender, first, oldest, own.last, own.count
      from bounded cross join lateral (
        select max(nonce) as last, count(*) as count
        from withdrawals.transactions transaction
        where transaction.chain = bounded.chain and transaction.sender = bounded.sender
          and nonce >= first
          and (status <> 'open' or exists (
            select from withdrawals.attempts
            where transaction_id = transaction.id and taken_at is not null
          ))
      ) own
    )
    select chain, sum(coalesce(last - first + 1 - count, 0))::int as gaps,
      extract(epoch from clock_timestamp() - min(oldest))::float8 as "oldestSeconds"
    from counted group by chain order by chain`)
