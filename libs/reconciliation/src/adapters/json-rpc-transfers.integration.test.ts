import { startAnvil } from '@coffer/devstack/start-anvil'
import type { TxHash } from '@coffer/evm/hash'
import { jsonRpc } from '@coffer/evm/json-rpc'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { readDeposits } from '@coffer/simulator/chain-oracle'
import { deployHostileContracts } from '@coffer/simulator/deploy-hostile-contracts'
import { deployTestContracts } from '@coffer/simulator/deploy-test-contracts'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { afterAll, expect, test } from 'vitest'
import type { DepositName } from '../domain/judge-credit.ts'
import { transfersOf } from './json-rpc-transfers.ts'

const anvil = await startAnvil()
const rpc = jsonRpc(anvil.url)
const node = anvilClient(anvil.url)
const { assets } = await deployTestContracts(node)
await deployHostileContracts(node)
const addresses = [1, 2, 3].map((each) => `0x${`${each}`.repeat(40)}`)
await simulateDeposits({
  ...{ rpcUrl: anvil.url, addresses, count: 30, blocks: 4, seed: 5, failures: 3 },
  kinds: ['native', 'erc20', 'internal'],
})
const { deposits } = await readDeposits({
  ...{ rpcUrl: anvil.url, addresses: new Set(addresses), assets, internal: true },
})

afterAll(async () => {
  await rpc[Symbol.asyncDispose]()
  await anvil[Symbol.asyncDispose]()
})

test.each(['trace_block', 'debug_traceBlockByHash'] as const)(
  'every transfer is found under its name by %s, and none under another',
  async (method) => {
    const names = deposits.map(({ txHash, position }): DepositName => {
      return { txHash: txHash as TxHash, position }
    })
    const others = names.flatMap(({ txHash }) => [
      { txHash, position: 'log:99' },
      { txHash, position: 'trace:9.9' },
    ])

    const found = await transfersOf(rpc, [...names, ...others], method)

    const positions = new Set(names.map(({ position }) => position.split(':')[0]))
    expect(positions).toEqual(new Set(['value', 'log', 'trace']))
    expect(found.slice(0, names.length)).toEqual(
      deposits.map(({ asset, to, amount }) => ({ asset, to: to.toLowerCase(), amount })),
    )
    expect(found.slice(names.length).filter((each) => each !== undefined)).toEqual([])
  },
)
