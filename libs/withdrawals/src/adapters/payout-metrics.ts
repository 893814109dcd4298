import type { Postgres } from '@coffer/postgres/open-postgres'
import { askOnce } from '@coffer/telemetry/ask-once'
import type { Metrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { Counter, Gauge } from 'prom-client'
import type { PayoutMetrics, Signer, Waiting } from '../ports.ts'
import { measureNonces } from './nonce-metrics.ts'

const REASONS: readonly Waiting[] = [
  ...(['nothing', 'gas_price', 'funds', 'allowance', 'in_flight', 'nonce'] as const),
]

export type PayoutMetricsOptions = {
  postgres: Postgres
  stuckAfterMs: number
  signer: Pick<Signer, 'addresses'>
}

/** Counts and measures payouts for Prometheus; what waits is asked for whenever it asks. */
export function prometheusPayoutMetrics(
  registry: Metrics,
  { postgres, stuckAfterMs, signer }: PayoutMetricsOptions,
): PayoutMetrics {
  const registers = [registry]
  measureWaiting(
    registry,
    askOnce(() => readWaiting(postgres, stuckAfterMs)),
  )
  measureSigner(registry, signer)
  measureNonces(registry, postgres)
  const held = new Gauge({
    name: 'coffer_payouts_held',
    help: 'Whether payouts of a chain wait, by the reason: 1 or 0.',
    labelNames: ['chain', 'reason'],
    registers,
  })
  const balance = new Gauge({
    name: 'coffer_hot_wallet_balance',
    help: 'Coin of the hot wallet, in whole coins, when payouts were last dispatched.',
    labelNames: ['chain'],
    registers,
  })
  const ended = new Counter({
    name: 'coffer_payouts_ended_total',
    help: 'Transactions of ours that ended, by how.',
    labelNames: ['chain', 'status'],
    registers,
  })
  const raised = new Counter({
    name: 'coffer_payouts_raised_total',
    help: 'Transactions that were replaced by one that offers more for gas.',
    labelNames: ['chain'],
    registers,
  })
  const notTaken = new Counter({
    name: 'coffer_payouts_not_taken_total',
    help: 'Times that a node did not take a transaction of ours, by what it said.',
    labelNames: ['chain', 'outcome'],
    registers,
  })
  return {
    waiting(chain, reason) {
      for (const each of REASONS) {
        if (each !== 'nothing') held.set({ chain, reason: each }, each === reason ? 1 : 0)
      }
    },
    balance: (chain, units) => balance.set({ chain }, Number(units) / 1e18),
    ended: (chain, status) => ended.inc({ chain, status }),
    raised: (chain) => raised.inc({ chain }),
    notTaken: (chain, { outcome }) => notTaken.inc({ chain, outcome }),
  }
}

function measureSigner(registry: Metrics, signer: Pick<Signer, 'addresses'>): void {
  const asked = askOnce(() => signer.addresses())
  new Gauge({
    name: 'coffer_signer_up',
    help: 'Whether the signer answers: 1 or 0.',
    registers: [registry],
    async collect() {
      this.set((await asked()) === undefined ? 0 : 1)
    },
  })
}

type Figures = { queuedSeconds: number; queued: number; stuck: number }

function measureWaiting(registry: Metrics, ask: () => Promise<Figures | undefined>): void {
  const gauge = (name: string, figure: keyof Figures, help: string) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const figures = await ask()
        if (figures === undefined) this.remove()
        else this.set(figures[figure])
      },
    })
  gauge('coffer_withdrawals_queued', 'queued', 'Withdrawals that wait for a transaction.')
  gauge('coffer_withdrawals_queue_age_seconds', 'queuedSeconds', 'How long the first has waited.')
  gauge('coffer_payouts_stuck', 'stuck', 'Transactions of ours that are open for too long.')
}

async function readWaiting(postgres: Postgres, stuckAfterMs: number): Promise<Figures | undefined> {
  const [figures] = await postgres.execute<Figures>(sql`
    select
      (select count(*)::int from withdrawals.withdrawals where status = 'queued') as queued,
      (select coalesce(extract(epoch from now() - min(queued_at)), 0)::float8
        from withdrawals.withdrawals where status = 'queued') as "queuedSeconds",
      (select count(*)::int from withdrawals.transactions where status = 'open'
        and created_at < now() - make_interval(secs => ${stuckAfterMs / 1_000})) as stuck`)
  return figures
}
