import { expect, test } from 'vitest'
import { hasRedisProgram, redisProgram } from './redis-binary.ts'

/** As they are in the artifact. */
const names = [
  'redis-server-5.0.14.1-windows-amd64.exe',
  'redis-server-6.2.6-v5-darwin-amd64',
  'redis-server-6.2.6-v5-darwin-arm64',
  'redis-server-6.2.6-v5-linux-amd64',
  'redis-server-6.2.7-linux-386',
  'redis-server-6.2.7-linux-arm64',
]

test.each([
  ['linux', 'x64', 'redis-server-6.2.6-v5-linux-amd64'],
  ['linux', 'arm64', 'redis-server-6.2.7-linux-arm64'],
  ['darwin', 'x64', 'redis-server-6.2.6-v5-darwin-amd64'],
  ['darwin', 'arm64', 'redis-server-6.2.6-v5-darwin-arm64'],
])('%s %s runs %s', (platform, arch, name) => {
  expect(redisProgram(names, { platform, arch })).toBe(name)
  expect(hasRedisProgram({ platform, arch })).toBe(true)
})

test('a machine without a program of its own gets none', () => {
  expect(redisProgram(names, { platform: 'linux', arch: 'riscv64' })).toBeUndefined()
  expect(hasRedisProgram({ platform: 'win32', arch: 'x64' })).toBe(false)
})
