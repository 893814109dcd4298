import { expect, test } from 'vitest'
import { depositPlace, isOfShare, readTraceparent, traceparentOf } from './trace-place.ts'

const DEPOSIT = `eip155:1:0x${'ab'.repeat(32)}:log:0`
const { traceId, spanId } = depositPlace(DEPOSIT)

test('a deposit has the same trace whoever asks, and another deposit another', () => {
  expect(depositPlace(DEPOSIT)).toEqual({ traceId, spanId })
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(spanId).toMatch(/^[0-9a-f]{16}$/)
  expect(depositPlace(`eip155:1:0x${'ab'.repeat(32)}:log:1`).traceId).not.toBe(traceId)
})

test('reads the header that it wrote', () => {
  expect(readTraceparent(traceparentOf({ traceId, spanId }))).toEqual({ traceId, spanId })
})

test.each([
  ['nothing', undefined],
  ['a trace that is not recorded', `00-${traceId}-${spanId}-00`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['what is no trace', 'traced'],
  ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
])('takes %s for no trace', (_, header) => {
  expect(readTraceparent(header)).toBe(undefined)
})

test('a share of all traces is about so many of them, all or none at its ends', () => {
  const places = Array.from({ length: 2_000 }, (_, number) => depositPlace(`${number}`))
  const counted = (share: number) => places.filter((place) => isOfShare(place, share)).length

  expect([counted(0), counted(1)]).toEqual([0, 2_000])
  expect(Math.abs(counted(0.25) - 500)).toBeLessThan(100)
})
