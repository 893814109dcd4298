import { expect, test } from 'vitest'
import { isSecondPerson, type KeyOrigin } from './key-origins.ts'

const made = (createdBy: string, holder: string, isOfPlatform = true): KeyOrigin => {
  return { createdBy, holder, isOfPlatform }
}

const KEYS = [
  ...[made('API_KEY', 'Ann'), made('API_KEY', 'bob'), made('API_KEY 2', 'eve')],
  ...[made('ann', 'ghost'), made('ghost', 'ghost of a ghost'), made('ann ', 'watch')],
  ...[made('ann', 'owner', false), made('owner', 'shop', false), made('bob', 'shop of bob', false)],
  // A tenant's holder may have any name.
  made('owner', 'bob', false),
]

test.each([
  ['ann', 'bob', true],
  ['bob', 'eve', true],
  ['API_KEY', 'bob', true],
  ['shop', 'bob', true],
  ['shop of bob', 'eve', true],
  ['nobody knows', 'bob', true],
  ['bob', ' BOB', false],
  ['ann', 'ghost', false],
  ['ghost', 'ann', false],
  ['ann', 'ghost of a ghost', false],
  ['ghost', 'watch', false],
  ['shop', 'ann', false],
  ['shop', 'ghost', false],
  ['shop of bob', 'bob', false],
  // A name that is doubtful counts for both.
  ['shop of bob', 'ann', false],
])('what %s wants %s may let pass: %s', (first, second, is) => {
  expect(isSecondPerson({ first, second }, KEYS)).toBe(is)
})

test('keys that were made for one another end somewhere', () => {
  const round = [made('a', 'b'), made('b', 'a')]

  expect(isSecondPerson({ first: 'a', second: 'c' }, round)).toBe(true)
  expect(isSecondPerson({ first: 'a', second: 'b' }, round)).toBe(false)
})
