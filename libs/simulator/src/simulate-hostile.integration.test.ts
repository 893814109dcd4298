import { startAnvil } from '@coffer/devstack/start-anvil'
import type { Asset } from '@coffer/money/asset'
import type { Address, Hex } from 'viem'
import { expect, onTestFinished, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { readDeposits } from './chain-oracle.ts'
import { deployHostileContracts, HOSTILE_CONTRACTS } from './deploy-hostile-contracts.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { type DepositKind, planDeposits } from './deposit-plan.ts'
import { HOSTILE_KINDS } from './hostile-transaction.ts'
import { readBalances } from './read-balances.ts'
import { type SimulatedDeposit, simulateDeposits } from './simulate-deposits.ts'

const payees = Array.from({ length: 20 }, (_, index) => `0x${String(index).padStart(40, 'a')}`)

async function hostileChain() {
  const anvil = await startAnvil()
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  const client = anvilClient(anvil.url)
  const contracts = await deployTestContracts(client)
  const [feeToken, grossFeeToken] = (await deployHostileContracts(client)) as [Asset, Asset]
  const native = contracts.assets[0].id
  const options = {
    ...{ addresses: payees, count: 150, seed: 1, assets: contracts.assets },
    ...{ minimums: { [native]: 10n ** 6n, [contracts.assets[1].id]: 100n } },
  }
  /** Plans first, to know who is paid besides the payees. */
  const simulate = async (kinds: readonly DepositKind[]) => {
    const plan = planDeposits({ ...options, kinds })
    const created = plan.filter(({ kind }) => kind === 'create')
    const wallets = created.flatMap(({ transfers }) => transfers.map(({ to }) => to))
    const watched = new Set([...payees.map((payee) => payee.toLowerCase()), ...wallets])
    const simulation = await simulateDeposits({ ...options, kinds, rpcUrl: anvil.url, blocks: 10 })
    return { simulation, watched }
  }
  const read = (addresses: ReadonlySet<string>, assets: readonly Asset[]) =>
    readDeposits({ rpcUrl: anvil.url, addresses, assets, internal: true })
  return { rpcUrl: anvil.url, client, contracts, feeToken, grossFeeToken, simulate, read }
}

const sorted = (deposits: readonly SimulatedDeposit[]) =>
  deposits.toSorted((a, b) => (`${a.txHash} ${a.position}` < `${b.txHash} ${b.position}` ? -1 : 1))

test('pays every kind, and the chain holds what is to be credited and the dust', async () => {
  const { contracts, feeToken, grossFeeToken, simulate, read } = await hostileChain()

  const { simulation, watched } = await simulate(['native', 'erc20', 'batch', ...HOSTILE_KINDS])

  const assets = [...contracts.assets, feeToken]
  const accepted = new Set(assets.map(({ id }) => id))
  const { deposits } = await read(watched, assets)
  const { deposits: gross } = simulation
  const planned = [...gross, ...simulation.suspense].filter(({ asset }) => accepted.has(asset))
  expect(new Set(simulation.transactions.map(({ kind }) => kind)).size).toBe(
    HOSTILE_KINDS.length + 3,
  )
  expect(sorted(deposits)).toEqual(sorted(planned))
  expect(gross.some(({ asset }) => asset === grossFeeToken.id)).toBe(true)
})

test('credits and holds as much of each asset as balances have grown by', async () => {
  const { rpcUrl, contracts, feeToken, grossFeeToken, simulate } = await hostileChain()
  const assets = [...contracts.assets, feeToken, grossFeeToken]
  const accepted = new Set(assets.map(({ id }) => id))

  const { simulation, watched } = await simulate(['native', 'batch', ...HOSTILE_KINDS])

  const { deposits, suspense } = simulation
  const expected: Record<Address, Record<string, bigint>> = {}
  for (const address of watched) {
    expected[address as Address] = Object.fromEntries(assets.map(({ id }) => [id, 0n]))
  }
  for (const { to, asset, amount } of [...deposits, ...suspense]) {
    const own = expected[to]
    if (own && accepted.has(asset)) own[asset] = (own[asset] ?? 0n) + amount
  }
  expect(await readBalances({ rpcUrl, addresses: watched, assets })).toEqual(expected)
})

test('the log of a fee token may say more than arrives', async () => {
  const { grossFeeToken, simulate, read } = await hostileChain()

  const { simulation, watched } = await simulate(['fee-token'])

  const { totals } = await read(watched, [grossFeeToken])
  const credited = simulation.totals[grossFeeToken.id] ?? 0n
  expect(credited).toBeGreaterThan(0n)
  expect(totals[grossFeeToken.id]).toBeGreaterThan(credited)
})

test('an answer of false leaves no trace but a transaction that succeeded', async () => {
  const { client, simulate } = await hostileChain()

  const { simulation } = await simulate(['returns-false'])

  type Receipt = { status: Hex; logs: unknown[] }
  const receipts = await client.batch<Receipt>(
    simulation.transactions.map(({ hash }) => {
      return { method: 'eth_getTransactionReceipt', params: [hash] }
    }),
  )
  expect(receipts).toHaveLength(150)
  expect(receipts.filter(({ status, logs }) => status !== '0x1' || logs.length > 0)).toEqual([])
})

test('deploys once, to the addresses that the plan knows before', async () => {
  const { client } = await hostileChain()
  const head = await client.head()

  const codes = await client.batch<Hex>(
    Object.values(HOSTILE_CONTRACTS).map((address) => {
      return { method: 'eth_getCode', params: [address, 'latest'] }
    }),
  )
  await deployHostileContracts(client)

  expect(codes.filter((code) => code === '0x')).toEqual([])
  expect(await client.head()).toEqual(head)
})
