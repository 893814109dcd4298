import { textArray, uuidArray } from '@coffer/postgres/binary-array'
import { asOne, fixedStatement } from '@coffer/postgres/fixed-statement'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Known, PaymentRequest } from '../domain/decide-payments.ts'

/** What there is of what `requests` name, if that is merchants alone; else undefined. */
export async function knownIfNew(
  db: Pick<Postgres, 'execute'>,
  requests: readonly PaymentRequest[],
): Promise<Known | undefined> {
  const rows = await db.execute<Row>(asOne([lookForNames(requests)]))
  if (rows[0]?.isNamed) return undefined
  const merchants = rows.map(({ id, ...merchant }) => [id, merchant] as const)
  return { merchants: new Map(merchants), orders: new Map(), keys: new Map() }
}

type Row = { id: string; feeBasisPoints: number; isNamed: boolean }

/**
 * By their indexes, one by one: without statistics, as in the first minutes of a table, the planner
 * would rather read all of it each time. Hence `offset 0`.
 */
const lookForNames = fixedStatement<readonly PaymentRequest[]>((value) => {
  const texts = (text: (request: PaymentRequest) => string) =>
    value((requests) => textArray(requests.map(text)))
  const merchants = value((requests) =>
    uuidArray([...new Set(requests.map(({ merchantId }) => merchantId))]),
  )
  return sql`
    select merchant.id, merchant.fee_basis_points as "feeBasisPoints", exists (
      select from unnest(
        ${value((requests) => uuidArray(requests.map(({ merchantId }) => merchantId)))}::uuid[],
        ${texts(({ reference }) => reference)}::text[],
        ${texts(({ key }) => key)}::text[]
      ) as request (merchant_id, reference, key)
      where exists (select from payments.orders as named where
          named.merchant_id = request.merchant_id
          and named.reference = request.reference offset 0)
        or exists (select from payments.idempotency_keys as named where
          named.merchant_id = request.merchant_id and named.key = request.key offset 0)
    ) as "isNamed"
    from unnest(${merchants}::uuid[]) as wanted (id)
    cross join lateral (select id, fee_basis_points from payments.merchants as known
      where known.id = wanted.id offset 0) as merchant`
})
