import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PostingOutcome } from '../ports.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { ledgerModel, type Order, orderDraft, orderUnder } from '../testing/ledger-model.ts'
import { balancesOf } from './balances.ts'
import { checkLedger } from './check-ledger.ts'
import { postgresUnitOfWork } from './postgres-unit-of-work.ts'

/**
 * Goal: what many post at once comes out as if one had posted it after the other. Method: each
 * order is asked for by several; then all are put in the order in which the ledger numbered them,
 * and a small model is asked the same.
 */

const POSTERS = 4
const references = Array.from({ length: 18 }, (_, number) => `${number}`)
const place = fc.integer({ min: 0, max: references.length - 1 })
const batches = fc.array(fc.array(place, { minLength: 1, maxLength: 5 }), {
  maxLength: 5,
  size: 'max',
})
const schedule = fc.record({
  orders: fc.tuple(...references.map((reference) => orderUnder(reference, references))),
  posters: fc.array(batches, { minLength: POSTERS, maxLength: POSTERS }),
})

/** These say of what an order is about that it is not there yet, or over: wherever they stand. */
const FIRST = ['no_such_hold', 'nothing_to_reverse']
const LAST = ['hold_resolved', 'already_reversed']

test('what many post at once is what one could have posted, one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ orders, posters }) => {
      await using database = await ledgerDatabase()
      const { postgres } = database
      const unitOfWork = postgresUnitOfWork({
        ...{ postgres, attempts: 50, backoff: { firstMs: 1, maxMs: 10 } },
      })
      const outcomes = new Map<string, PostingOutcome[]>()
      const drafts = orders.map((each) => orderDraft(each, subjectAmong(orders)))

      await Promise.all(
        posters.map(async (batchesOfOne) => {
          for (const places of batchesOfOne) {
            const batch = places.flatMap((each) => drafts[each] ?? [])
            const answers = await unitOfWork(({ post }) => post(batch))
            batch.forEach(({ reference }, at) => {
              const others = outcomes.get(reference) ?? []
              outcomes.set(reference, [...others, answers[at] as PostingOutcome])
            })
          }
        }),
      )

      const rows = await postgres.execute<{ reference: string; reason: string | null }>(
        sql`select reference, refusal->>'reason' as reason from ledger.transactions order by id`,
      )
      const model = ledgerModel()
      const said = sorted(rows).map(({ reference, reason }) => {
        const order = orders.find((each) => each.reference === reference) as Order
        return [reference, model.answer(order), reason === null ? 'created' : 'refused']
      })
      expect(said.map(([reference, expected]) => [reference, expected])).toEqual(
        said.map(([reference, , booked]) => [reference, booked]),
      )
      for (const { reference, reason } of rows) {
        const statuses = (outcomes.get(reference) ?? []).map(({ status }) => status).sort()
        const [first = '', ...rest] = statuses
        expect(first).toBe(reason === null ? 'created' : 'refused')
        expect(rest.every((each) => each === (reason === null ? 'exists' : 'refused'))).toBe(true)
      }
      for (const [owner, available] of model.spendable) {
        const [balance] = await balancesOf(postgres, owner)
        const told = [balance?.available ?? 0n, balance?.held ?? 0n]
        expect(told).toEqual([available, model.held(owner)])
      }
      expect(rows.length).toBe(outcomes.size)
      expect(await checkLedger(postgres)).toEqual([])
    }),
    { numRuns: 15, endOnFailure: true },
  )
})

/** Whose hold or credit it is: what each order is, is fixed before anybody asks for it. */
const subjectAmong = (orders: readonly Order[]) => (of: string) => {
  const order = orders.find(({ reference }) => reference === of)
  return order && 'owner' in order ? order : undefined
}

function sorted<Row extends { reason: string | null }>(rows: readonly Row[]): Row[] {
  const rank = ({ reason }: Row) => {
    if (FIRST.includes(reason ?? '')) return 0
    return LAST.includes(reason ?? '') ? 2 : 1
  }
  return rows.toSorted((one, other) => rank(one) - rank(other))
}
