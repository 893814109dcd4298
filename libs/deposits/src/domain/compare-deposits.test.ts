import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { CHAIN, NATIVE } from '../testing/fake-transfers.ts'
import { ALICE, BOB, block, OWNERS, pay, ref } from '../testing/scan-facts.ts'
import type { StoredTransfer } from './audit.ts'
import type { Block } from './block.ts'
import { compareDeposits } from './compare-deposits.ts'
import { UNLISTED_MAX } from './detect-transfers.ts'
import type { FoundTransfer } from './transfer.ts'

test('what is stored as it is found is no finding, however it is booked', () => {
  const found = [pay(1, 10), pay(2, 10, { rejection: 'below_minimum' })]
  const stored = found.map((transfer) => storedAs(transfer, { reason: 'internal' }))

  expect(compare(found, stored)).toEqual({ absent: [], findings: [] })
})

test.each<[string, Partial<StoredTransfer>]>([
  ['amount 7 instead of 100', { amount: units(7n) }],
  [`asset ${NATIVE} instead of`, { asset: NATIVE }],
  [`to ${BOB} instead of ${ALICE}`, { to: BOB }],
  ['owner somebody instead of', { owner: 'somebody' }],
  ['block', { block: ref(11) }],
])('a difference is named: %s', (said, off) => {
  const { absent, findings } = compare([pay(1, 10)], [storedAs(pay(1, 10), off)])

  expect([absent, findings]).toMatchObject([[], [{ kind: 'differs', height: 10n }]])
  expect(findings[0]?.detail).toContain(said)
})

test('how much a producer earned may be known otherwise, and whose it is may not', () => {
  const earned = pay(1, 10, { position: 'coinbase' })
  const stored = storedAs(earned, { position: 'coinbase', amount: units(7n) })

  expect(compare([earned], [stored]).findings).toEqual([])
  expect(compare([earned], [{ ...stored, owner: 'somebody' }]).findings).toHaveLength(1)
})

test('what is not stored, or said to have left the chain, was missed', () => {
  const orphaned = storedAs(pay(2, 10), { isStanding: false, reason: 'reorg' })

  const { absent, findings } = compare([pay(1, 10), pay(2, 10)], [orphaned])

  expect(absent).toEqual([pay(1, 10), pay(2, 10)])
  expect(findings.map(({ kind }) => kind)).toEqual(['missed', 'missed'])
})

test('what is stored in an audited block and not found there is unfounded', () => {
  const stored = [
    storedAs(pay(1, 10)),
    storedAs(pay(2, 10), { isStanding: false }),
    storedAs(pay(3, 11)),
  ]

  const { findings } = compare([], stored)

  expect(findings).toEqual([
    { kind: 'unfounded', height: 10n, subject: `${CHAIN}:${pay(1, 10).txHash}:log:0` },
  ])
})

test('nothing is unfounded that is not looked for', () => {
  const stored = ['trace:0.1', 'withdrawal:7', 'coinbase'].map((position) =>
    storedAs(pay(1, 10), { position }),
  )

  expect(compare([], stored).findings).toEqual([])
  const coin = [storedAs(pay(1, 10), { position: 'value' })]
  expect(compare([], coin, {}, { isNativeWanted: false }).findings).toEqual([])
  const traced = compare([], stored, { traces: [] }).findings
  expect(traced.map(({ subject }) => subject.slice(-9))).toEqual(['trace:0.1'])
})

test('of a transaction with more unlisted tokens than are kept any may be stored', () => {
  const unlisted = (index: number) =>
    pay(1, 10, { position: `log:${index}`, rejection: 'asset_not_accepted' })
  const all = Array.from({ length: 2 * UNLISTED_MAX }, (_, index) => unlisted(index))
  const [first, last] = [all.slice(0, UNLISTED_MAX), all.slice(UNLISTED_MAX)]
  const reason = 'asset_not_accepted'
  const storedOf = (some: FoundTransfer[]) => some.map((each) => storedAs(each, { reason }))

  expect(compare(first, storedOf(last))).toEqual({ absent: [], findings: [] })

  const few = compare(first.slice(0, 2), storedOf(last.slice(0, 1)))
  expect(few.absent).toHaveLength(2)
  expect(few.findings.map(({ kind }) => kind)).toEqual(['missed', 'missed', 'unfounded'])
})

test('a payment to an address that nobody has registered any more is left alone', () => {
  const { absent, findings } = compare([pay(1, 10)], [], {}, { registrations: new Map() })

  expect([absent, findings]).toEqual([[], []])
})

const REGISTRATIONS = new Map(
  [...OWNERS].map(([address, owner]) => [
    address,
    { owner, watchedFrom: 0n, registeredAt: new Date(0) },
  ]),
)

function compare(
  found: readonly FoundTransfer[],
  stored: readonly StoredTransfer[],
  off: Partial<Block> = {},
  { registrations = REGISTRATIONS, isNativeWanted = true } = {},
) {
  const blocks = [{ ...block(10), receipts: [], ...off }]
  const scanned = new Map([[10n, { scannedAt: new Date() }]])
  return compareDeposits({
    chain: CHAIN,
    isNativeWanted,
    blocks,
    found,
    stored,
    registrations,
    scanned,
  })
}

const storedAs = (
  { txHash, position, asset, amount, to, block: { number, hash } }: FoundTransfer,
  off: Partial<StoredTransfer> = {},
): StoredTransfer => ({
  ...{ txHash, position, asset, amount, to, owner: OWNERS.get(to) ?? '' },
  ...{ block: { number, hash }, reason: null, isStanding: true },
  ...off,
})
