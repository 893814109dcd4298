import { startAnvil } from '@coffer/devstack/start-anvil'
import { type Address, parseAddress } from '@coffer/evm/address'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { deployForwarders } from '@coffer/simulator/deploy-forwarders'
import { silentLogger } from '@coffer/telemetry/logger'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type VerifiedForwarders, verifiedForwarders } from './verified-forwarders.ts'

const HOT = parseAddress(`0x${'a7'.repeat(20)}`)
const OTHER = parseAddress(`0x${'b8'.repeat(20)}`)
const STRANGE = parseAddress(`0x${'5e'.repeat(20)}`)
const CHAIN = 'eip155:31337' as Parameters<VerifiedForwarders['isVerified']>[0]

let resources: AsyncDisposableStack
let client: AnvilClient
let proxy: RpcProxy
let forwarders: Address

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  const anvil = resources.use(await startAnvil())
  client = anvilClient(anvil.url)
  proxy = resources.use(await startRpcProxy({ upstream: anvil.url }))
  forwarders = parseAddress(await deployForwarders(client, HOT))
})
afterAll(() => resources.disposeAsync())
beforeEach(() => proxy.heal())

test('a contract of ours that sends to the hot wallet is verified before anything else', async () => {
  await using verified = await looking(forwarders, [OTHER, HOT])

  expect(verified.isVerified(CHAIN)).toBe(true)
})

test('a chain that has none needs no node', async () => {
  proxy.add({ fault: rpcFaults.status(503) })
  await using verified = await looking(undefined)

  expect(verified.isVerified(CHAIN)).toBe(true)
})

test.each([
  ['nothing is there', '0x', /there is no contract at this address/],
  ['it is another contract', '0x60015f5260205ff3', /another contract/],
])('nobody starts when %s', async (_, code, says) => {
  await put(code)

  await expect(looking(STRANGE)).rejects.toThrow(says)
})

test('nobody starts when it sends elsewhere, or nobody said where to', async () => {
  const elsewhere = new RegExp(`it sends to ${HOT}, and the hot wallet is ${OTHER}`)

  await expect(looking(forwarders, [OTHER])).rejects.toThrow(elsewhere)
  await expect(looking(forwarders, [])).rejects.toThrow(/no HOT_WALLET is set/)
})

test('a contract that only says that it is ours is another contract', async () => {
  const code = await codeOf(forwarders)
  // It answers `destination()` as ours does, and one of its bytes at the end is another.
  await put(`${code.slice(0, -2)}${code.endsWith('00') ? '01' : '00'}`)
  await expect(looking(STRANGE)).rejects.toThrow(/another contract/)

  // The same with more behind it.
  await put(`${code}00`)
  await expect(looking(STRANGE)).rejects.toThrow(/another contract/)

  // What stands before the address is a part of the code as well.
  await put(code.replace(HOT.slice(2), `1${HOT.slice(3)}`))
  await expect(looking(STRANGE)).rejects.toThrow(/it sends to/)
  await put(code.replace(`00${HOT.slice(2)}`, `01${HOT.slice(2)}`))
  await expect(looking(STRANGE)).rejects.toThrow(/it sends to/)
})

test('while a chain is away nothing of it is verified, and then it is', async () => {
  proxy.add({ fault: rpcFaults.status(503) })
  await using verified = await looking(forwarders)

  await expectVerifiedOnceHealed(verified)
})

test('a node that has not caught up is not believed that nothing is there', async () => {
  const behind = (method: string, result: unknown) =>
    proxy.add({ fault: { result: () => result }, match: (call) => call.method === method })
  behind('eth_getCode', '0x')
  behind('eth_syncing', { startingBlock: '0x0', currentBlock: '0x1', highestBlock: '0x9' })
  await using verified = await looking(forwarders)

  await expectVerifiedOnceHealed(verified)
})

test('one that turns out to be wrong later ends the process', async () => {
  await put('0x')
  proxy.add({ fault: rpcFaults.status(503) })
  await using verified = await looking(STRANGE)

  proxy.heal()

  await expect(verified.work(new AbortController().signal)).rejects.toMatchObject({
    code: 'FORWARDERS_WRONG',
    details: { chain: CHAIN, contract: STRANGE },
  })
})

async function expectVerifiedOnceHealed(verified: VerifiedForwarders): Promise<void> {
  const stopping = new AbortController()
  const working = verified.work(stopping.signal)
  expect(verified.isVerified(CHAIN)).toBe(false)

  proxy.heal()
  await waitFor(() => verified.isVerified(CHAIN), { what: 'the contract to be verified' })

  stopping.abort()
  await working
}

const looking = (contract: Address | undefined, hotWallets: readonly Address[] = [HOT]) =>
  verifiedForwarders({
    chains: [
      {
        ...{ chain: CHAIN, rpcUrls: [proxy.url] },
        ...(contract === undefined ? {} : { forwarders: contract }),
      },
    ],
    ...{ hotWallets, logger: silentLogger, retryMs: 50 },
  })

const codeOf = (contract: Address) => client.request<string>('eth_getCode', [contract, 'latest'])

const put = async (code: string) => {
  await client.request('anvil_setCode', [STRANGE, code])
}
