import { expect, test } from 'vitest'
import { chainConfigs } from './chain-config.ts'
import { configFile } from './testing/config-file.ts'

const chain = { chain: 'eip155:31337', rpcUrls: ['http://127.0.0.1:8545'] }

const withTiers = (tiers: object[]) => ({
  ...chain,
  tokens: [{ contract: `0x${'a'.repeat(40)}`, symbol: 'TUSD', decimals: 6, tiers }],
})

const tier = (from: number, confirmations: number | string): object => ({ from, confirmations })

test('takes tiers of amounts, each no weaker than what is below it', async () => {
  const tiers = [
    { from: '1000', confirmations: 12 },
    { from: 5_000, confirmations: 64 },
    { from: '90000', confirmations: 'safe' },
  ]
  const nativeTiers = [{ from: '1', confirmations: 'finalized' }]
  const path = await configFile({
    chains: [{ ...withTiers(tiers), confirmations: 12, nativeTiers }],
  })

  const [config] = await chainConfigs({ COFFER_CONFIG: path })

  expect(config?.assets.map((asset) => asset.tiers)).toEqual([
    [{ from: 1n, confirmations: 'finalized' }],
    tiers.map(({ from, confirmations }) => ({ from: BigInt(from), confirmations })),
  ])
})

test.each<[RegExp, object, object[]]>([
  [/from 5 must begin above.* from 5\./, {}, [tier(5, 20), tier(5, 30)]],
  [/waits for 11, which is weaker than 12/, {}, [tier(5, 11)]],
  [/waits for 64, which is weaker than safe/, {}, [tier(5, 'safe'), tier(6, 64)]],
  [/waits for safe, which is weaker than finalized/, { preset: 'ethereum' }, [tier(5, 'safe')]],
  [/0 on is `confirmations`/, {}, [tier(0, 20)]],
])('refuses tiers that say %s', async (problem, settings, tiers) => {
  const token = { ...withTiers(tiers), ...settings }
  const coin = { ...chain, ...settings, nativeTiers: tiers }

  for (const [path, config] of [
    ['tokens.0.tiers', token],
    ['nativeTiers', coin],
  ] as const) {
    const reading = chainConfigs({ COFFER_CONFIG: await configFile({ chains: [config] }) })
    await expect(reading).rejects.toThrow(problem)
    await expect(reading).rejects.toThrow(`\n  chains.0.${path}`)
  }
})
