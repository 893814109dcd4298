import { readEvent } from '@coffer/events/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryStatistics } from '../testing/memory-statistics.ts'
import { MERCHANT, sampleHistory } from '../testing/sample-history.ts'
import { countEvents } from './count-events.ts'

const history = sampleHistory(10).map(readEvent)

async function inOrder() {
  const { statistics, sums, nameOf } = memoryStatistics()
  const counted = await countEvents(statistics)(history)
  return { counted, sums: await sums(), name: await nameOf(MERCHANT) }
}

/** How often each measure was counted. */
function byMeasure(sums: Awaited<ReturnType<typeof inOrder>>['sums']) {
  const counts: Record<string, number> = {}
  for (const [key, { count }] of Object.entries(sums)) {
    const measure = key.split(' ')[1] ?? ''
    counts[measure] = (counts[measure] ?? 0) + count
  }
  return counts
}

test('counts what became of everything', async () => {
  const { sums, name } = await inOrder()

  expect(byMeasure(sums)).toEqual({
    'deposit.confirmed': 10,
    'deposit.credited': 10,
    'notification.sent': 10,
    'order.created': 10,
    'order.paid': 8,
    'payment.created': 10,
    'payment.expired': 2,
    'payment.failed': 1,
    'payment.succeeded': 7,
    'refund.succeeded': 2,
    'settlement.completed': 10,
    'withdrawal.completed': 7,
    'withdrawal.failed': 3,
    'withdrawal.requested': 10,
  })
  expect(name).toBe('Shop 9')
})

test('L20: late and repeated events, in whatever batches, come to the same', async () => {
  const expected = await inOrder()
  const shuffled = fc.shuffledSubarray(history, { minLength: history.length })
  const again = fc.subarray(history)
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 })

  const property = fc.asyncProperty(shuffled, again, sizes, async (events, repeated, batches) => {
    const { statistics, sums, nameOf } = memoryStatistics()
    const told = [...events, ...repeated]
    for (let from = 0, turn = 0; from < told.length; turn += 1) {
      const size = batches[turn % batches.length] ?? 1
      await countEvents(statistics)(told.slice(from, from + size))
      from += size
    }

    expect(await sums()).toEqual(expected.sums)
    expect(await nameOf(MERCHANT)).toBe(expected.name)
  })
  await fc.assert(property, { numRuns: 60 })
})

test('counts nothing of what pays a refund, and of what only is requested', async () => {
  const { statistics, sums } = memoryStatistics()
  const payouts = history.flatMap((event) =>
    'withdrawalId' in event.data
      ? [{ ...event, data: { ...event.data, refundId: event.data.withdrawalId } } as typeof event]
      : [],
  )
  const created = history.filter(({ type }) => type === 'settlement.created')

  expect(await countEvents(statistics)([...payouts, ...created])).toBe(0)

  expect(await sums()).toEqual({})
})
