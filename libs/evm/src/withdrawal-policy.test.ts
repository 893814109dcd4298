import { ConfigError } from '@coffer/runtime/read-config'
import { expect, test } from 'vitest'
import { WHOLE_PROOF } from './block-proof.ts'
import { chainConfigs } from './chain-config.ts'
import { withdrawalPolicy } from './withdrawal-policy.ts'

test('credits withdrawals that are proven, and holds others', () => {
  expect(withdrawalPolicy('credit', WHOLE_PROOF)).toBe('credit')
  expect(withdrawalPolicy('suspend', { ...WHOLE_PROOF, withdrawalsRoot: false })).toBe('suspend')
})

test.each(['headerHash', 'withdrawalsRoot'] as const)(
  'credits none on the word of a node, without %s',
  (step) => {
    const read = () => withdrawalPolicy('credit', { ...WHOLE_PROOF, [step]: false })

    expect(read).toThrow(ConfigError)
    expect(read).toThrow(/Leave them in suspense/)
  },
)

test('a preset may be why', async () => {
  const variables = { RPC_URLS: 'http://127.0.0.1:8545', WITHDRAWALS: 'credit' }

  await expect(chainConfigs({ ...variables, CHAIN_PRESET: 'op-stack' })).rejects.toThrow(
    ConfigError,
  )
  await expect(chainConfigs({ ...variables, CHAIN_PRESET: 'ethereum' })).resolves.toMatchObject([
    { withdrawals: 'credit' },
  ])
})
