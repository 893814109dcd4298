import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type DepositReference,
  depositReference,
  parseDepositReference,
} from './deposit-reference.ts'

const depositIds = fc
  .tuple(
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.oneof(
      fc.constant('value'),
      fc.nat().map((index) => `log:${index}`),
    ),
  )
  .map(([chain, hash, position]) => {
    return `eip155:${chain}:0x${Buffer.from(hash).toString('hex')}:${position}`
  })

const references = fc.record<DepositReference>({
  depositId: depositIds,
  revision: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  kind: fc.constantFrom('confirmation', 'reversal'),
})

test('every reference is read back as it was written', () => {
  fc.assert(
    fc.property(references, (reference) => {
      expect(parseDepositReference(depositReference(reference))).toEqual(reference)
    }),
  )
})

test('two confirmations or reversals never share a reference', () => {
  fc.assert(
    fc.property(references, references, (one, other) => {
      const same = JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other))

      expect(depositReference(one) === depositReference(other)).toBe(same)
    }),
    { examples: pairsOfOneDeposit() },
  )
})

test('the first confirmation is named by the deposit alone, later ones are numbered', () => {
  const depositId = 'eip155:1:0xab:log:3'
  const named = (revision: number, kind: DepositReference['kind']) =>
    depositReference({ depositId, revision, kind })

  expect(named(1, 'confirmation')).toBe('eip155:1:0xab:log:3')
  expect(named(1, 'reversal')).toBe('eip155:1:0xab:log:3/reversal')
  expect(named(2, 'confirmation')).toBe('eip155:1:0xab:log:3#2')
  expect(named(2, 'reversal')).toBe('eip155:1:0xab:log:3#2/reversal')
})

test.each(['', '/reversal', 'a#', 'a#0', 'a#b', 'a#1.5', 'a#2#3', 'a#-1/reversal'])(
  'refuses %j',
  (text) => {
    expect(() => parseDepositReference(text)).toThrow(RangeError)
  },
)

/** Random pairs are of different deposits nearly always; these are of one. */
function pairsOfOneDeposit(): [DepositReference, DepositReference][] {
  const depositId = 'eip155:1:0xab:log:1'
  const all = [1, 2, 11].flatMap((revision) =>
    (['confirmation', 'reversal'] as const).map((kind) => ({ depositId, revision, kind })),
  )
  return all.flatMap((one) =>
    all.map((other): [DepositReference, DepositReference] => [one, other]),
  )
}
