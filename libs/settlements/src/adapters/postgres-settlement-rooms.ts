import { availableIn } from '@coffer/ledger/available-in'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { enqueue } from '@coffer/messaging/outbox'
import type { AssetId } from '@coffer/money/asset'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { and, eq, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { MaturingLine, SettlementLine } from '../domain/settlement-line.ts'
import type { NewSettlement, SettlementRoom, SettlementRooms, Tally, TallyKey } from '../ports.ts'
import { settings, settlements } from '../schema.ts'
import { settingsOfRow, settlementOf } from './settlement-rows.ts'

/** {@link SettlementRooms} in PostgreSQL. A batch takes the same few statements at any size. */
export const postgresSettlementRooms =
  (postgres: Postgres): SettlementRooms =>
  (work) =>
    postgres.transaction((tx) => work(roomOf(tx)))

const roomOf = (tx: Transaction): SettlementRoom => ({
  lock: (keys) => lock(tx, keys),
  lastOfPayments: (lines) => lastOfPayments(tx, lines),
  record: (lines, now) => record(tx, lines, now),
  open: (keys, now) => open(tx, keys, now),
  async settingsOf(merchantIds) {
    const rows = await tx
      .select()
      .from(settings)
      .where(inArray(settings.merchantId, [...merchantIds]))
    return new Map(rows.map((row) => [row.merchantId, settingsOfRow(row)]))
  },
  settle: (planned) => settle(tx, planned),
  async release(id, now) {
    const isDue = and(lte(settlements.releaseAt, now), isNull(settlements.releasedAt))
    const [row] = await tx
      .update(settlements)
      .set({ releasedAt: now })
      .where(and(eq(settlements.id, id), isNotNull(settlements.releaseAt), isDue))
      .returning()
    return row && settlementOf(row)
  },
  post: (drafts) => postTransactions(tx, drafts, { isNew: true }),
  announce: (messages) => enqueue(tx, messages),
})

/** Opens what is missing and locks all, both in order of name, so that nobody waits in a circle. */
async function lock(tx: Transaction, keys: readonly TallyKey[]): Promise<void> {
  await tx.execute(sql`
    insert into settlements.tallies (merchant_id, asset)
    select merchant_id, asset from ${keyRows(keys)}
    order by merchant_id, asset
    on conflict do nothing`)
  await tx.execute(sql`
    select from settlements.tallies tally
    join ${keyRows(keys)} using (merchant_id, asset)
    order by tally.merchant_id, tally.asset
    for update of tally`)
}

async function lastOfPayments(
  tx: Transaction,
  lines: readonly SettlementLine[],
): Promise<Map<string, Date>> {
  const payments = lines.flatMap(({ payment }) => payment ?? [])
  if (payments.length === 0) return new Map()
  const rows = await tx.execute<{ payment: string; last: string }>(sql`
    select payment, extract(epoch from max(settleable_at)) * 1000 as last
    from settlements.lines
    where payment = any(${sql.param(payments)}::text[]) and amount > 0 and settlement_id is null
    group by payment`)
  return new Map(rows.map(({ payment, last }) => [payment, new Date(Number(last))]))
}

async function record(
  tx: Transaction,
  recorded: readonly MaturingLine[],
  now: Date,
): Promise<void> {
  const column = <T>(of: (line: MaturingLine) => T) => sql.param(recorded.map(of))
  await tx.execute(sql`
    with fresh as (
      insert into settlements.lines (reference, merchant_id, asset, code, amount, payment,
        event_at, settleable_at, is_matured)
      select *, settleable_at <= ${now.toISOString()}::timestamptz
      from unnest(
        ${column(({ reference }) => reference)}::text[],
        ${column(({ merchantId }) => merchantId)}::uuid[],
        ${column(({ asset }) => asset)}::text[],
        ${column(({ code }) => code)}::text[],
        ${column(({ amount }) => amount.toString())}::numeric[],
        ${column(({ payment }) => payment ?? null)}::text[],
        ${column(({ eventAt }) => eventAt.toISOString())}::timestamptz[],
        ${column((line) => line.settleableAt.toISOString())}::timestamptz[]
      ) as line (reference, merchant_id, asset, code, amount, payment, event_at, settleable_at)
      on conflict do nothing
      returning merchant_id, asset, amount, is_matured
    ), ${addUp(sql`fresh where is_matured`)}`)
}

/** Adds to the tallies what `matured` has of lines. */
const addUp = (matured: ReturnType<typeof sql>) => sql`
  sums as (
    select merchant_id, asset, sum(amount) as amount, count(*)::int as lines
    from ${matured} group by merchant_id, asset
  )
  update settlements.tallies tally
  set matured = tally.matured + sums.amount, lines = tally.lines + sums.lines
  from sums where (tally.merchant_id, tally.asset) = (sums.merchant_id, sums.asset)`

async function open(tx: Transaction, keys: readonly TallyKey[], now: Date): Promise<Tally[]> {
  await tx.execute(sql`
    with ripe as (
      update settlements.lines line set is_matured = true
      from ${keyRows(keys)}
      where (line.merchant_id, line.asset) = (key.merchant_id, key.asset)
        and not line.is_matured and line.settleable_at <= ${now.toISOString()}::timestamptz
      returning line.merchant_id, line.asset, line.amount
    ), ${addUp(sql`ripe`)}`)
  const rows = await tx.execute<{
    merchantId: string
    asset: AssetId
    matured: string
    carried: string
    lines: number
  }>(sql`
    select merchant_id as "merchantId", asset, matured, carried, lines
    from settlements.tallies join ${keyRows(keys)} using (merchant_id, asset)
    where lines > 0 and matured > 0
    order by merchant_id, asset`)
  const pending = await availableIn(
    tx,
    rows.map(({ merchantId, asset }) => ({ owner: merchantId, code: 'merchant.pending', asset })),
  )
  return rows.map(({ matured, carried, ...tally }, place) => ({
    ...tally,
    matured: BigInt(matured),
    carried: BigInt(carried),
    pending: pending[place] ?? 0n,
  }))
}

async function settle(tx: Transaction, planned: readonly NewSettlement[]): Promise<string[]> {
  const rows = await tx
    .insert(settlements)
    .values(planned.map((each) => ({ ...each, releaseAt: each.releaseAt ?? null })))
    .returning({ id: settlements.id })
  const ids = rows.map(({ id }) => id)
  const made = sql`unnest(
      ${sql.param(ids)}::uuid[],
      ${sql.param(planned.map(({ merchantId }) => merchantId))}::uuid[],
      ${sql.param(planned.map(({ asset }) => asset))}::text[],
      ${sql.param(planned.map(({ carriedOut }) => carriedOut.toString()))}::numeric[]
    ) as made (id, merchant_id, asset, carried_out)`
  await tx.execute(sql`
    update settlements.lines line set settlement_id = made.id
    from ${made}
    where (line.merchant_id, line.asset) = (made.merchant_id, made.asset)
      and line.is_matured and line.settlement_id is null`)
  await tx.execute(sql`
    update settlements.tallies tally
    set matured = made.carried_out, carried = made.carried_out, lines = 0
    from ${made}
    where (tally.merchant_id, tally.asset) = (made.merchant_id, made.asset)`)
  return ids
}

const keyRows = (keys: readonly TallyKey[]) => sql`unnest(
    ${sql.param(keys.map(({ merchantId }) => merchantId))}::uuid[],
    ${sql.param(keys.map(({ asset }) => asset))}::text[]
  ) as key (merchant_id, asset)`
