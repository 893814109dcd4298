import { expect, test } from 'vitest'
import { chainConfigs } from './chain-config.ts'
import { configFile } from './testing/config-file.ts'

const ONE = 'https://one.example/key'
const configured = async (rpcUrls: string[], quorum?: number) =>
  await chainConfigs({
    COFFER_CONFIG: await configFile({ chains: [{ chain: 'eip155:1', rpcUrls, quorum }] }),
  })

test('a quorum may be as large as there are hosts, and ports of a host are different ones', async () => {
  const [config] = await configured([ONE, 'https://one.example:8545'], 2)

  expect(config).toMatchObject({ quorum: 2 })
})

test.each([
  [[ONE], 2],
  [[ONE, 'https://one.example/other'], 2],
  [[ONE, 'https://two.example'], 3],
])('%j can make no quorum of %d, and it is said what to do', async (rpcUrls, quorum) => {
  const reading = configured(rpcUrls, quorum)

  await expect(reading).rejects.toThrow(/\n {2}chains\.0\.quorum: .*Add endpoints/)
})
