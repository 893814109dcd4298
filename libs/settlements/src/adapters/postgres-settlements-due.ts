import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { SettlementTerms } from '../domain/settlement-terms.ts'
import { jobOf, type SettlementsDue } from '../jobs.ts'

type Due = { kind: 'tally' | keyof typeof jobOf; id: string; asset: AssetId | null; at: number }

/** {@link SettlementsDue} from PostgreSQL. */
export const postgresSettlementsDue =
  (postgres: Postgres, { threshold }: Pick<SettlementTerms, 'threshold'>): SettlementsDue =>
  async (until, limit) => {
    const moment = sql`${until.toISOString()}::timestamptz`
    const rows = await postgres.execute<Due>(sql`
      select kind, id, asset, extract(epoch from at)::float8 * 1000 as at from (
        select 'tally' as kind, tally.merchant_id as id, asset, '-infinity'::timestamptz as at
        from settlements.tallies tally left join settlements.settings using (merchant_id)
        where lines > 0
          and matured >= coalesce((thresholds ->> asset)::numeric, ${threshold.toString()}::numeric)
        union all
        select 'tally', merchant_id, asset, min(settleable_at)
        from settlements.lines
        where not is_matured and settleable_at <= ${moment}
        group by merchant_id, asset
        union all
        select 'schedule', merchant_id, null, next_run_at
        from settlements.settings where next_run_at <= ${moment}
        union all
        select 'request', id, null, requested_at
        from settlements.requests where answered_at is null
        union all
        select 'release', id, null, release_at
        from settlements.settlements where released_at is null and release_at <= ${moment}
      ) as due order by at limit ${limit}`)
    return rows.map(({ kind, id, asset, at }) => ({
      id: asset === null ? jobOf[kind as 'request'](id) : jobOf.tally({ merchantId: id, asset }),
      dueAt: Number.isFinite(at) ? new Date(at) : undefined,
    }))
  }
