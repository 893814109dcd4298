import { describe, expect, test } from 'vitest'
import { finalHeight } from './finality.ts'

describe('by depth', () => {
  test.each([
    [1, 100n, 100n],
    [2, 100n, 99n],
    [12, 100n, 89n],
    [12, 11n, 0n],
  ])('%d blocks deep under %d is %d, its own block included', (confirmations, scanned, final) => {
    expect(finalHeight(confirmations, { scanned, tagged: null })).toBe(final)
  })

  test('no block is final while there are too few', () => {
    expect(finalHeight(12, { scanned: 10n, tagged: null })).toBeLessThan(0n)
  })
})

describe('by tag', () => {
  test('is as far as the node says', () => {
    expect(finalHeight('finalized', { scanned: 100n, tagged: 64n })).toBe(64n)
  })

  test('is never beyond what was scanned', () => {
    expect(finalHeight('safe', { scanned: 10n, tagged: 64n })).toBe(10n)
  })

  test('is nowhere while the node names no such block', () => {
    expect(finalHeight('finalized', { scanned: 100n, tagged: null })).toBeLessThan(0n)
  })
})
