import type { ChainConfig } from '@coffer/evm/chain-config'
import { expect, test } from 'vitest'
import { withdrawalsConfig } from './config.ts'

const GIVEN = {
  DATABASE_URL: 'postgres://127.0.0.1/coffer',
  KAFKA_BROKERS: '127.0.0.1:9092',
  REDIS_URL: 'redis://127.0.0.1',
  SIGNER_SOCKET: 'signer.sock',
}
const CHAINS = ['eip155:1', 'eip155:137'].map((chain) => ({
  chain,
  assets: [],
})) as unknown as ChainConfig[]

const feesOf = (env: Record<string, string>) => {
  const { settingsOf } = withdrawalsConfig({ ...GIVEN, ...env }, CHAINS)
  return CHAINS.map((chain) => settingsOf(chain, '0x00' as never).fees)
}

test('what a chain may cost is said for all, or for each', () => {
  const usual = { maxFeePerGas: 200_000_000_000n, maxPriorityFeePerGas: 2_000_000_000n }

  expect(feesOf({})).toEqual(Array(2).fill({ ...usual, payoutFeeMax: undefined }))
  expect(feesOf({ MAX_FEE_WEI: '5,eip155:137=900', PAYOUT_FEE_MAX_WEI: 'eip155:1=70' })).toEqual([
    { ...usual, maxFeePerGas: 5n, payoutFeeMax: 70n },
    { ...usual, maxFeePerGas: 900n, payoutFeeMax: undefined },
  ])
})

test.each([
  ['a chain that is not followed', 'eip155:10=5', /MAX_FEE_WEI: eip155:10 is not followed/],
  ['nothing', 'eip155:1=0', /MAX_FEE_WEI/],
  ['what is no number', 'eip155:1=cheap', /MAX_FEE_WEI/],
  ['too much', '100000000000000000001', /MAX_FEE_WEI/],
])('refuses a limit for %s', (_, MAX_FEE_WEI, says) => {
  expect(() => feesOf({ MAX_FEE_WEI })).toThrow(says)
})
