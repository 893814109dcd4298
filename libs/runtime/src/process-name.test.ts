import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { processName } from './process-name.ts'

test('a name says where the process runs', () => {
  expect(processName().startsWith(`${hostname()}:${process.pid}:`)).toBe(true)
})

test('a later process that got the same pid has another name', () => {
  expect(processName()).not.toBe(processName())
})
