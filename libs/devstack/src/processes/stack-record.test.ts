import { expect, test } from 'vitest'
import { formatEntry, parseOwner, parseRecord, type RecordEntry } from './stack-record.ts'

const entries: RecordEntry[] = [
  { kind: 'process', name: 'postgres', pid: 41, started: '1234', signal: 'SIGQUIT' },
  { kind: 'container', name: 'coffer-a-kafka-1' },
  { kind: 'folder', path: '/srv/a b' },
]

test('a record reads back as it was written', () => {
  expect(parseRecord(entries.map(formatEntry).join(''))).toEqual(entries)
})

test('a line that a crash cut short is skipped', () => {
  const text = entries.map(formatEntry).join('')
  expect(parseRecord(text.slice(0, -5))).toEqual(entries.slice(0, 2))
})

test.each([
  ['no pid', { name: 'a', started: '1', signal: 'SIGKILL' }],
  ['a process group', { name: 'a', pid: -1, started: '1', signal: 'SIGKILL' }],
  ['our own group', { name: 'a', pid: 0, started: '1', signal: 'SIGKILL' }],
  ['the first process', { name: 'a', pid: 1, started: '1', signal: 'SIGKILL' }],
  ['no start time', { name: 'a', pid: 41, signal: 'SIGKILL' }],
  ['another signal', { name: 'a', pid: 41, started: '1', signal: 'SIGSTOP' }],
])('a process with %s is never signalled', (_, entry) => {
  expect(parseRecord(JSON.stringify({ kind: 'process', ...entry }))).toEqual([])
})

test('an owner is read whole or not at all', () => {
  const owner = { pid: 41, started: '1234', host: 'a' }
  expect(parseOwner(JSON.stringify(owner))).toEqual(owner)
  expect(parseOwner('{"pid":41')).toBeUndefined()
  expect(parseOwner('{"pid":41,"started":"1234"}')).toBeUndefined()
})
