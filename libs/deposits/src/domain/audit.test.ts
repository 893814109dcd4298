import { expect, test } from 'vitest'
import { block } from '../testing/scan-facts.ts'
import { type AuditFinding, isLate, reasonOf } from './audit.ts'
import { gapsToOpen } from './audit-gaps.ts'

const MADE = block(10).time.getTime()
const SCANNED = new Date(MADE + 3_600_000)

const registered = (afterMs: number, watchedFrom = 0n) => ({
  ...{ owner: 'alice', watchedFrom },
  registeredAt: new Date(MADE + afterMs),
})

test('a payment is late when its address was registered after the block was scanned', () => {
  const justAfter = registered(3_600_000)

  expect(isLate(block(10), justAfter, SCANNED)).toBe(true)
  expect(isLate(block(10), registered(0), SCANNED)).toBe(false)
})

test('a payment is late below the first block from which its address is watched', () => {
  expect(isLate(block(10), registered(0, 11n), SCANNED)).toBe(true)
  expect(isLate(block(10), registered(0, 10n), SCANNED)).toBe(false)
})

test('a payment is late when it is much older than the registration, whenever it was scanned', () => {
  expect(isLate(block(10), registered(60_001), SCANNED)).toBe(true)
  expect(isLate(block(10), registered(60_000), SCANNED)).toBe(false)
  expect(isLate(block(10), registered(60_001), undefined)).toBe(true)
})

test('names a few of many findings and counts the rest', () => {
  const findings = Array.from({ length: 8 }, (_, index) => finding('unfounded', 10n, `d${index}`))

  expect(reasonOf('unfounded', findings)).toBe(
    'Stored, and the chain does not show it: d0, d1, d2, d3, d4, 3 more.',
  )
})

test('opens a gap for each block and kind of finding, and one for a run of missing rows', () => {
  const gaps = gapsToOpen([
    finding('missed', 10n, 'a'),
    finding('missed', 10n, 'b'),
    finding('missed', 12n, 'c'),
    finding('late', 12n, 'd'),
    finding('unfounded', 12n, 'e'),
    finding('block_missing', 14n, '0x14'),
    finding('block_missing', 15n, '0x15'),
  ])

  const ranges = gaps.map(({ gap: { kind, fromBlock, toBlock }, tells }) => {
    return [kind, fromBlock, toBlock, tells.length]
  })
  expect(ranges).toEqual([
    ['audit', 10n, 10n, 2],
    ['audit', 12n, 12n, 1],
    ['audit', 12n, 12n, 1],
    ['blocks', 14n, 15n, 2],
  ])
})

const finding = (kind: AuditFinding['kind'], height: bigint, subject: string): AuditFinding => ({
  ...{ kind, height, subject },
})
