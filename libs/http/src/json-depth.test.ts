import { expect, test } from 'vitest'
import { isDeeperThan } from './json-depth.ts'

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)

test.each([
  ['as deep as may be', nested(3), false],
  ['one deeper', nested(4), true],
  ['objects', '{"a":{"a":{"a":{"a":1}}}}', true],
  ['wide', `[${Array.from({ length: 50 }, () => '[1]').join()}]`, false],
  ['brackets in a text', `{"name":"${nested(40)}"}`, false],
  ['a text that ends with a backslash', `{"name":"\\\\","more":${nested(4)}}`, true],
  ['a quote in a text', `{"name":"\\"${nested(40)}"}`, false],
  ['what never ends', '['.repeat(100_000), true],
])('A4: %s is too deep or not', (_, text, isDeep) => {
  expect(isDeeperThan(text, 3)).toBe(isDeep)
})
