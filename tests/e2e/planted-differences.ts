import { randomUUID } from 'node:crypto'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** A difference that must be found: its kind, and what it must be about. */
export type Planted = { name: string; kind: string; about: string }

export type CardPayments = readonly [a: string, b: string, c: string, d: string, e: string]

const EUR = 'sandbox:1/iso4217:EUR'

/**
 * Tampers with what the channel says that it moved, in seven ways. `payments` were paid by card in
 * another currency than EUR, and `refund` was paid; nobody has read the statement of them so far.
 */
export async function plantInStatement(
  postgres: Postgres,
  { payments, refund }: { payments: CardPayments; refund: string },
): Promise<Planted[]> {
  const [missing, other, elsewhere, doubled, unheard] = payments
  const stranger = randomUUID()
  const copy = (kind: string, of: string, reference: string) => sql`
    insert into sandbox.movements (day, line, kind, id, reference, asset, amount, moved_at)
    select day, (select max(line) + 1 from sandbox.movements own where own.day = paid.day),
      ${kind}, ${`planted_${kind}`}, ${reference}, asset, amount, moved_at
    from sandbox.movements paid where reference = ${of} and kind = 'payment'`
  await postgres.execute(copy('payment', doubled, doubled))
  await postgres.execute(copy('chargeback', unheard, unheard))
  await postgres.execute(copy('payment', unheard, stranger))
  await postgres.execute(sql`
    update sandbox.movements set amount = amount + 100 where reference = ${other}`)
  await postgres.execute(sql`
    update sandbox.movements set asset = ${EUR} where reference = ${elsewhere}`)
  await postgres.execute(sql`
    delete from sandbox.movements where reference in (${missing}, ${refund})`)
  return [
    { name: 'a line is missing', kind: 'missing_outside', about: missing },
    { name: 'a line was added', kind: 'missing_inside', about: stranger },
    { name: 'the amount of a line differs', kind: 'amount_differs', about: other },
    { name: 'a line is there twice', kind: 'duplicate_line', about: doubled },
    { name: 'a line is in another asset', kind: 'asset_differs', about: elsewhere },
    { name: 'our booking is missing', kind: 'missing_inside', about: unheard },
    { name: 'the channel knows no such refund', kind: 'missing_outside', about: refund },
  ]
}
