import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { armCrashPoint, crashPoint } from './crash-point.ts'

type CrashPoints = { armCrashPoint: typeof armCrashPoint; crashPoint: typeof crashPoint }

/** Signals that the process sent itself. */
let sent: [number, string | number | undefined][] = []
let points: CrashPoints

beforeEach(async () => {
  sent = []
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    sent.push([pid, signal])
    return true
  })
  // What is armed is the state of a whole process, so each test loads the module anew.
  vi.resetModules()
  points = await import('./crash-point.ts')
})

afterEach(() => {
  // Nobody else is to find what is still armed.
  vi.resetModules()
  vi.restoreAllMocks()
})

test('kills the process when the armed point is reached for the n-th time, and only then', () => {
  points.armCrashPoint('scanner.after-commit:2', 'test')

  points.crashPoint('scanner.after-commit')
  points.crashPoint('scanner.before-commit')
  expect(sent).toEqual([])

  points.crashPoint('scanner.after-commit')
  expect(sent).toEqual([[process.pid, 'SIGKILL']])
})

test('takes a name alone for the first time', () => {
  points.armCrashPoint('relay.after-ack', 'test')

  points.crashPoint('relay.after-ack')

  expect(sent).toHaveLength(1)
})

test.each([undefined, ''])('arms nothing for %j', (setting) => {
  points.armCrashPoint(setting, 'production')

  points.crashPoint('scanner.after-fetch')

  expect(sent).toEqual([])
})

test.each([undefined, 'production', 'development'])('refuses with NODE_ENV=%s', (nodeEnv) => {
  expect(() => points.armCrashPoint('scanner.after-fetch:1', nodeEnv)).toThrow(/NODE_ENV=test/)
})

test.each([
  'scanner',
  'scanner.after-fetch:0',
  'scanner.after-fetch:-1',
  'scanner.after-fetch:x',
  'scanner.after-fetch:',
  'scanner.after-fetch:1:2',
  ':1',
])('refuses %j and lists the points there are', (setting) => {
  expect(() => points.armCrashPoint(setting, 'test')).toThrow(/scanner\.after-fetch, .*accounts/)
})
