import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ledgerModel, orderDraft, orderUnder } from '../testing/ledger-model.ts'
import { available, smallLedger } from '../testing/small-ledger.ts'

const references = Array.from({ length: 24 }, (_, number) => `${number}`)
const order = fc.oneof(...references.map((reference) => orderUnder(reference, references)))
const batch = fc.array(order, { maxLength: 12, size: 'max' })

test('agrees with a small model, in any order, in batches of any size', () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 8, size: 'max' }), (batches) => {
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
    { numRuns: 600 },
  )
})
