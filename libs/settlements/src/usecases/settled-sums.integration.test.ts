/**
 * Goal: money of merchants is pending, available or in reserve, and none of it is anywhere else,
 * whatever is paid, refunded and settled at the same time. Method: random histories, whose sums are
 * kept by hand.
 */
import { randomUUID } from 'node:crypto'
import { checkLedger } from '@coffer/ledger/check-ledger'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysAfter } from '../domain/settlement-terms.ts'
import { NOW, paid, refunded, settlementsDatabase, USD } from '../testing/settlements-database.ts'

const amount = fc.bigInt({ min: 1n, max: 10n ** 24n })

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pay' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refund' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('hear', 'settle', 'wait') }) },
)

test('pending + available + reserve is what was booked, and all of it is settled in the end', async () => {
  await using room = await settlementsDatabase({
    ...{ threshold: 10n ** 23n, holdBackDays: 2, reserveBasisPoints: 333 },
  })
  const history = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 20 }),
    async (steps) => {
      const merchantId = randomUUID()
      const keys = [{ merchantId, asset: USD }]
      const payments: { payment: string; left: bigint }[] = []
      let booked = 0n
      room.clock.at = NOW
      for (const each of steps) {
        const at = room.clock.at
        if (each.kind === 'pay') {
          const payment = randomUUID()
          payments.push({ payment, left: each.amount })
          await room.book(paid(merchantId, each.amount, { payment, at }))
          booked += each.amount
        } else if (each.kind === 'refund') {
          const of = payments.find(({ left }) => left > 0n)
          if (of === undefined) continue
          const size = each.amount < of.left ? each.amount : of.left
          const [outcome] = await room.tryToBook(refunded(merchantId, size, { ...of, at }))
          if (outcome?.status !== 'created') continue
          of.left -= size
          booked -= size
        } else if (each.kind === 'hear') await room.hear()
        else if (each.kind === 'wait') room.clock.at = daysAfter(at, 1)
        else await Promise.all([room.settle(keys, 'threshold'), room.settle(keys, 'request')])
        const { pending, available, reserve } = await room.holdings(merchantId)
        expect(pending + available + reserve).toBe(booked)
      }

      await room.hear()
      room.clock.at = daysAfter(room.clock.at, 3)
      await room.settle(keys, 'request')
      const settled = await room.reader.list({ merchantId, limit: 100 })

      const { pending, available, reserve } = await room.holdings(merchantId)
      expect({ pending, sum: available + reserve }).toEqual({ pending: 0n, sum: booked })
      expect(settled.reduce((sum, each) => sum + each.reserve, 0n)).toBe(reserve)
    },
  )

  await fc.assert(history, { numRuns: 10 })

  expect(await checkLedger(room.postgres)).toEqual([])
})
