import { describe, expect, test } from 'vitest'
import { ASSETS } from '../testing/fake-transfers.ts'
import {
  finalHeight,
  finalityAt,
  finalityPolicy,
  finalityWithin,
  heightOfTier,
  isMoreFinal,
  tagsOf,
} from './finality.ts'

describe('by depth', () => {
  test.each([
    [1, 100n, 100n],
    [2, 100n, 99n],
    [12, 100n, 89n],
    [12, 11n, 0n],
  ])('%d blocks deep under %d is %d, its own block included', (confirmations, scanned, final) => {
    expect(finalHeight(confirmations, { scanned, tagged: {} })).toBe(final)
  })

  test('no block is final while there are too few', () => {
    expect(finalHeight(12, { scanned: 10n, tagged: {} })).toBeLessThan(0n)
  })
})

describe('by tag', () => {
  test('is as far as the node says', () => {
    expect(finalHeight('finalized', { scanned: 100n, tagged: { safe: 80n, finalized: 64n } })).toBe(
      64n,
    )
  })

  test('is never beyond what was scanned', () => {
    expect(finalHeight('safe', { scanned: 10n, tagged: { safe: 64n } })).toBe(10n)
  })

  test('is nowhere while the node names no such block', () => {
    expect(finalHeight('finalized', { scanned: 100n, tagged: {} })).toBeLessThan(0n)
  })
})

describe('by tiers', () => {
  const tiers = [
    { from: 10n, confirmations: 6 },
    { from: 20n, confirmations: 'finalized' },
  ] as const
  const policy = finalityPolicy(3, [
    { ...ASSETS[0], tiers },
    { ...ASSETS[1], tiers: [{ from: 7n, confirmations: 'safe' }, ...tiers.slice(1)] },
  ])

  test('each has its height, and each tag is asked for once', () => {
    const tagged = { safe: 90n, finalized: 64n }

    expect(finalityAt(policy, { scanned: 100n, tagged })).toEqual({
      final: 98n,
      tiers: { 6: 95n, safe: 90n, finalized: 64n },
    })
    expect(tagsOf(policy)).toEqual(['safe', 'finalized'])
    expect(tagsOf(finalityPolicy('safe', ASSETS))).toEqual(['safe'])
    expect(tagsOf(finalityPolicy(3, ASSETS))).toEqual([])
  })

  test('none is final sooner than a weaker one', () => {
    const tagged = { safe: 100n, finalized: 97n }

    expect(finalityAt(policy, { scanned: 100n, tagged })).toEqual({
      final: 98n,
      tiers: { 6: 95n, safe: 95n, finalized: 95n },
    })
  })

  test('that are not known any more wait for the strongest', () => {
    const finality = { final: 98n, tiers: { 6: 95n, safe: 90n } }

    expect(heightOfTier(finality, null)).toBe(98n)
    expect(heightOfTier(finality, '6')).toBe(95n)
    expect(heightOfTier(finality, 'finalized')).toBe(90n)
    expect(heightOfTier({ final: 98n, tiers: {} }, 'finalized')).toBe(98n)
  })

  test('are news if one of them rises', () => {
    const before = { final: 98n, tiers: { 6: 95n } }

    expect(isMoreFinal(before, before)).toBe(false)
    expect(isMoreFinal({ ...before, final: 99n }, before)).toBe(true)
    expect(isMoreFinal({ final: 97n, tiers: { 6: 96n } }, before)).toBe(true)
    expect(isMoreFinal({ final: 97n, tiers: { 6: 94n } }, before)).toBe(false)
    expect(isMoreFinal({ ...before, tiers: { 6: 95n, safe: 0n } }, before)).toBe(true)
  })

  test('are all held back by a limit', () => {
    const finality = { final: 98n, tiers: { 6: 95n, safe: 90n } }

    expect(finalityWithin(finality, 93n)).toEqual({ final: 93n, tiers: { 6: 93n, safe: 90n } })
  })
})
