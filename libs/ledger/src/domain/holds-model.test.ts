import { UNITS_MAX } from '@coffer/money/units'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { available, credit, end, hold, post, smallLedger } from '../testing/small-ledger.ts'
import type { TransactionDraft } from './transaction.ts'

const amount = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n }),
  fc.bigInt({ min: UNITS_MAX - 3n, max: UNITS_MAX }),
)
const owner = fc.constantFrom('alice', 'bob')
const reference = fc.integer({ min: 1, max: 12 }).map(String)
const order = fc.oneof(
  fc.record({ kind: fc.constant('credit'), reference, owner, amount }),
  fc.record({ kind: fc.constant('hold'), reference, owner, amount }),
  fc.record({ kind: fc.constantFrom('post', 'void'), reference, of: reference, amount }),
)

type Order = typeof order extends fc.Arbitrary<infer Value> ? Value : never

/** What a ledger is, told in a few lines: two numbers an owner, and the holds. */
function model() {
  const spendable = new Map([
    ['alice', 0n],
    ['bob', 0n],
  ])
  const holds = new Map<string, { owner: string; amount: bigint; isOpen: boolean }>()
  const done = new Map<string, 'known' | 'refused'>()
  const change = (of: string, by: bigint) => spendable.set(of, (spendable.get(of) ?? 0n) + by)
  const isAllowed = (o: Order) => {
    if (!('of' in o)) return o.kind === 'credit' || (spendable.get(o.owner) ?? 0n) >= o.amount
    const held = holds.get(o.of)
    return held?.isOpen === true && (o.kind === 'void' || o.amount <= held.amount)
  }
  return {
    spendable,
    holds,
    answer(o: Order) {
      const earlier = done.get(o.reference)
      if (earlier) return earlier
      const allowed = isAllowed(o)
      done.set(o.reference, allowed ? 'known' : 'refused')
      if (!allowed) return 'refused'
      if ('of' in o) {
        const held = holds.get(o.of) as { owner: string; amount: bigint }
        holds.set(o.of, { ...held, isOpen: false })
        change(held.owner, o.kind === 'void' ? held.amount : held.amount - o.amount)
      } else {
        if (o.kind === 'hold') holds.set(o.reference, { ...o, isOpen: true })
        change(o.owner, o.kind === 'hold' ? -o.amount : o.amount)
      }
      return 'created'
    },
  }
}

test('agrees with a small model, in any order, in batches of any size', () => {
  fc.assert(
    fc.property(fc.array(fc.array(order, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
      const { answer, spendable, holds } = model()
      const { apply, state } = smallLedger()

      for (const orders of batches) {
        // Whose hold it is has to be known when it is posted, as it is to those who ask.
        const answers: string[] = []
        const drafts: TransactionDraft[] = []
        for (const o of orders) {
          if (!('of' in o)) {
            const make = o.kind === 'credit' ? credit : hold
            drafts.push(make(o.reference, o.owner, o.amount))
          } else if (o.kind === 'void') drafts.push(end(o.reference, o.of, 'voided'))
          else drafts.push(post(o.reference, o.of, holds.get(o.of)?.owner ?? 'bob', o.amount))
          answers.push(answer(o))
        }
        const statuses = apply(...drafts).map(({ status }) => status)
        expect(statuses.map((each) => (each.startsWith('exists') ? 'known' : each))).toEqual(
          answers,
        )
      }

      for (const [owner, expected] of spendable) {
        const open = [...holds.values()].filter((each) => each.isOpen && each.owner === owner)
        const { creditsPosted, debitsPosted, debitsPending } = state(available(owner))
        expect(debitsPending).toBe(open.reduce((sum, each) => sum + each.amount, 0n))
        expect(creditsPosted - debitsPosted - debitsPending).toBe(expected)
      }
    }),
  )
})
