import { expect, test } from 'vitest'
import { parseProcStat } from './process-identity.ts'

const stat = (name: string, state: string) =>
  `41 (${name}) ${state} 1 41 41 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 0 0`

test('the start time is found whatever the name of the program', () => {
  expect(parseProcStat(stat('postgres', 'S'))).toBe('987654')
  expect(parseProcStat(stat('a) R 1 (b', 'S'))).toBe('987654')
})

test('a process that only waits to be cleared away has ended', () => {
  expect(parseProcStat(stat('postgres', 'Z'))).toBeUndefined()
})
