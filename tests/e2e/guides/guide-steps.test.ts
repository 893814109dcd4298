import { expect, test } from 'vitest'
import { guideSteps, isShown } from './guide-steps.ts'

const block = (language: string, ...lines: string[]) =>
  [`\`\`\`${language}`, ...lines, '```'].join('\n')

test('a step is a block of commands with the output that follows it', () => {
  const guide = ['# Guide', '## Start', block('sh', 'one', 'two'), 'Then', block('text', 'done …')]
  const file = block('ts', 'const unread = true')

  const steps = guideSteps([...guide, file, '## End', block('sh', 'three')].join('\n'))

  expect(steps).toEqual([
    { heading: 'Start', line: 4, commands: 'one\ntwo', output: 'done …' },
    { heading: 'End', line: 16, commands: 'three' },
  ])
})

test('refuses output of nothing, and a block without an end', () => {
  expect(() => guideSteps(block('text', 'done'))).toThrow('Line 2 follows none.')
  expect(() => guideSteps('```sh\nrm')).toThrow('The block of line 2 has no end.')
})

test.each([
  ['paid in block …: …', 'paid in block 12: 0xab\n', true],
  ['…"available":"5"…', '{"available":"5"}', true],
  ['a…c', 'a\nb\nc', true],
  ['done', 'not done', false],
  ['a.c', 'abc', false],
])('"%s" shows "%s": %s', (shown, printed, expected) => {
  expect(isShown(shown, printed)).toBe(expected)
})
