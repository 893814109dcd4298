import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import { chainConfigs } from './chain-config.ts'
import { problemOfAliases } from './native-aliases.ts'

const POL = `0x${'0'.repeat(36)}1010`
const polygon = { chain: chainIdOf(137), native: 'traces', tokens: [{ contract: POL }] }

test('the native coin is not accepted a second time, as a token', () => {
  expect(problemOfAliases(polygon)).toMatch(/0x0+1010 .* credited twice/)
  expect(problemOfAliases({ ...polygon, chain: chainIdOf(1) })).toBeUndefined()
  expect(problemOfAliases({ ...polygon, native: 'none' })).toBeUndefined()
  expect(problemOfAliases({ ...polygon, tokens: [] })).toBeUndefined()
})

test('settings that accept it are refused', async () => {
  const variables = { RPC_URLS: 'http://127.0.0.1:8545', CHAIN_ID: '137', TOKENS: `POL:18:${POL}` }

  await expect(chainConfigs(variables)).rejects.toMatchObject({ code: 'CONFIG' })
  await expect(chainConfigs(variables)).rejects.toThrow(/TOKENS.*credited twice/)
  const [config] = await chainConfigs({ ...variables, NATIVE_TRANSFERS: 'none' })
  expect(config?.assets).toHaveLength(2)
})
