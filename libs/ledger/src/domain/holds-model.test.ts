import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ledgerModel, orderAmong, orderDraft } from '../testing/ledger-model.ts'
import { available, smallLedger } from '../testing/small-ledger.ts'

const order = orderAmong(Array.from({ length: 12 }, (_, number) => `${number + 1}`))

test('agrees with a small model, in any order, in batches of any size', () => {
  fc.assert(
    fc.property(fc.array(fc.array(order, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
      const model = ledgerModel()
      const { apply, state } = smallLedger()

      for (const orders of batches) {
        const answers: string[] = []
        const drafts = orders.map((each) => {
          const asked = orderDraft(each, model.subjectOf)
          answers.push(model.answer(each))
          return asked
        })
        const statuses = apply(...drafts).map(({ status }) => status)
        expect(statuses.map((each) => (each.startsWith('exists') ? 'known' : each))).toEqual(
          answers,
        )
      }

      for (const [owner, expected] of model.spendable) {
        const { creditsPosted, debitsPosted, debitsPending } = state(available(owner))
        expect(debitsPending).toBe(model.held(owner))
        expect(creditsPosted - debitsPosted - debitsPending).toBe(expected)
      }
    }),
    { numRuns: 300 },
  )
})
