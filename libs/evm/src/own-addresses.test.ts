import { expect, test } from 'vitest'
import { chainConfigs } from './chain-config.ts'

const HOT_WALLET = `0x${'ab'.repeat(20)}`
const COLD = `0x${'cd'.repeat(20)}`
const read = (own: string) =>
  chainConfigs({ RPC_URLS: 'http://127.0.0.1:8545', OWN_ADDRESSES: own })

test('wallets of our own are named by a variable, too', async () => {
  const [config] = await read(`${HOT_WALLET}, ${COLD}`)

  expect(config?.ownAddresses).toEqual([HOT_WALLET, COLD])
})

test('what is no address is refused', async () => {
  await expect(read(`${HOT_WALLET},0x1`)).rejects.toThrow(/OWN_ADDRESSES/)
})
