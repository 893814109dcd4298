import { expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, readConfig } from './read-config.ts'

const settings = z.object({
  URL: z.url(),
  POLL_MS: z.coerce.number().int().min(1).max(1_000).default(100),
  NAME: z.string().optional(),
})

test('reads what is given and fills in the rest', () => {
  expect(readConfig(settings, { URL: 'http://node', OTHER: '1' })).toEqual({
    URL: 'http://node',
    POLL_MS: 100,
  })
})

test('takes an empty variable for one that is not given', () => {
  expect(readConfig(settings, { URL: 'http://node', POLL_MS: '', NAME: '' })).toEqual({
    URL: 'http://node',
    POLL_MS: 100,
  })
})

test('names every wrong setting at once', () => {
  const read = () => readConfig(settings, { URL: 'node', POLL_MS: '0', NAME: 'scanner' })

  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/^Invalid configuration\.\n {2}URL: .+\n {2}POLL_MS: .+$/)
})

test('names the settings that are missing', () => {
  expect(() => readConfig(settings, {})).toThrow(/\n {2}URL: /)
})

test('names a setting inside another by its path', () => {
  const chains = z.strictObject({ chains: z.array(z.strictObject({ startBlock: z.int() })) })

  expect(() => readConfig(chains, { chains: [{ startBlock: 1 }, { startBlock: '2' }] })).toThrow(
    /\n {2}chains\.1\.startBlock: /,
  )
})

test('names a setting that nobody knows', () => {
  const chains = z.strictObject({ chains: z.array(z.string()) })

  expect(() => readConfig(chains, { chains: [], chain: 'eip155:1' })).toThrow(/\n {2}\S.*"chain"/)
})
