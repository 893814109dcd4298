import { randomUUID } from 'node:crypto'
import { type Anvil, startAnvil } from '@coffer/devstack/start-anvil'
import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import { openEndpoints } from '@coffer/evm/endpoints'
import { jsonRpc } from '@coffer/evm/json-rpc'
import { nativeAssetId } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { deployTestContracts, type TestContracts } from '@coffer/simulator/deploy-test-contracts'
import { sendMined } from '@coffer/simulator/send-mined'
import { createMetrics } from '@coffer/telemetry/metrics'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { encodeFunctionData, parseAbi } from 'viem'
import { checkedSigner } from '../adapters/checked-signer.ts'
import { jsonRpcChainClient } from '../adapters/json-rpc-chain-client.ts'
import { prometheusPayoutMetrics } from '../adapters/payout-metrics.ts'
import { postgresPayouts } from '../adapters/postgres-payouts.ts'
import { postgresWithdrawalRooms } from '../adapters/postgres-withdrawal-rooms.ts'
import { OPEN_POLICY, type Policy } from '../domain/policy.ts'
import type { Withdrawal } from '../domain/withdrawal.ts'
import type { ChainClient, PayoutMetrics, Payouts, Signer, Waiting } from '../ports.ts'
import { type AdvanceOptions, advanceTransaction } from '../usecases/advance-transaction.ts'
import { dispatchPayouts, type PayoutSettings } from '../usecases/dispatch-payouts.ts'
import { requestWithdrawal } from '../usecases/request-withdrawal.ts'
import { localSigner } from './local-signer.ts'
import { type WithdrawalsDatabase, withdrawalsDatabase } from './withdrawals-database.ts'

const HOT_KEY = `0x${'7'.repeat(64)}` as const
export const CHAIN = 'eip155:31337' as PayoutSettings['chain']
export const ETH = nativeAssetId(CHAIN)

/** A chain of its own, a ledger, and payouts that are moved by hand, one step at a time. */
export type PayoutStage = AsyncDisposable & {
  anvil: Anvil
  client: AnvilClient
  contracts: TestContracts
  /** In front of the node; payouts go through it. */
  proxy: RpcProxy
  database: WithdrawalsDatabase
  payouts: Payouts
  chain: ChainClient
  hot: Address
  signer: Signer & { signed: number; refuse: boolean }
  /** As payouts use a signer. */
  checked(signer: Signer): Signer
  /** What Prometheus is told. */
  told(): Promise<string>
  /** The reason that payouts wait for, as was told last. */
  waiting(): Waiting | undefined
  settings: PayoutSettings
  /** Asks for a withdrawal of a new owner that has twice as much. */
  withdraw(request: Partial<Asked> & { to: Address }): Promise<Withdrawal>
  dispatch(change?: Partial<PayoutSettings>): Promise<string>
  /** Looks once at every transaction that is open, as if `laterMs` had passed. */
  advance(change?: Partial<AdvanceOptions>): Promise<void>
  /** Everything, with blocks, until nothing is under way. */
  finish(change?: Partial<PayoutSettings>): Promise<void>
  balance(account: Address): Promise<bigint>
}

type Asked = { asset: Withdrawal['asset']; amount: bigint; owner: string }

/** Blocks until what is mined is final, its own included. */
export const CONFIRMATIONS = 3

export async function payoutStage(policy: Policy = OPEN_POLICY): Promise<PayoutStage> {
  await using starting = new AsyncDisposableStack()
  const anvil = starting.use(await startAnvil())
  const client = anvilClient(anvil.url)
  const contracts = await deployTestContracts(client)
  const proxy = starting.use(await startRpcProxy({ upstream: anvil.url }))
  const database = starting.use(await withdrawalsDatabase())
  const clients = [{ rpc: jsonRpc(proxy.url) }]
  const endpoints = starting.use(openEndpoints({ chain: CHAIN, clients }))
  const chain = jsonRpcChainClient(endpoints, { confirmations: CONFIRMATIONS })
  const inner = localSigner([HOT_KEY])
  const [hot] = (await inner.addresses()) as [Address]
  const signer: PayoutStage['signer'] = {
    ...inner,
    signed: 0,
    refuse: false,
    async sign(request) {
      if (signer.refuse && request.purpose !== 'cancel') throw new RefusedError()
      signer.signed += 1
      return inner.sign(request)
    },
  }
  await client.setBalance(hot, 10n ** 21n)
  for (const token of [contracts.tusd, contracts.ttkn]) {
    await send(
      client,
      token,
      encodeFunctionData({ abi, functionName: 'mint', args: [hot, 10n ** 30n] }),
    )
  }
  const rooms = postgresWithdrawalRooms(database.postgres)
  const payouts = postgresPayouts(database.postgres)
  const registry = createMetrics('withdrawals')
  const counted = prometheusPayoutMetrics(registry, {
    postgres: database.postgres,
    stuckAfterMs: 3_600_000,
    signer,
  })
  let waiting: Waiting | undefined
  const metrics: PayoutMetrics = {
    ...counted,
    waiting(chainId, reason) {
      counted.waiting(chainId, reason)
      waiting = reason
    },
  }
  const settings: PayoutSettings = {
    ...{ chain: CHAIN, sender: hot, batchMax: 1, gasMax: 200_000n, inFlightMax: 1_000 },
    fees: { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 2n * 10n ** 9n },
  }
  const now = () => new Date()
  const ask = requestWithdrawal({
    ...{ rooms, policy, chains: [CHAIN], assets: contracts.assets, own: [hot] },
    ...{ newId: randomUUID, now },
  })
  const dispatch: PayoutStage['dispatch'] = (change) =>
    dispatchPayouts({
      ...{ rooms, payouts, client: chain, metrics, now, newId: randomUUID },
      settings: { ...settings, ...change },
      onIntended: () => undefined,
    })()
  const advance: PayoutStage['advance'] = async (change) => {
    const signing = { signer: checkedSigner(signer), metrics }
    const options = { rooms, payouts, clientOf: () => chain, ...signing, now }
    const step = advanceTransaction({
      ...{ ...options, feesOf: () => settings.fees, raiseAfterMs: 60_000, lookMs: 0 },
      ...change,
    })
    for (const { id } of await payouts.due(new Date(Date.now() + 3_600_000), 1_000)) await step(id)
  }
  const held = starting.move()
  return {
    ...{ anvil, client, contracts, proxy, database, payouts, chain, hot, signer, settings },
    told: () => registry.metrics(),
    checked: checkedSigner,
    waiting: () => waiting,
    async withdraw({ to, asset = ETH, amount = 1_000n, owner }) {
      const from = owner ?? (await database.owner({ [asset]: 2n * amount }))
      const request = {
        key: randomUUID(),
        owner: from,
        kind: 'user',
        requestedBy: 'shop',
      } as const
      return await ask({ ...request, asset, to, amount: amount as Units })
    },
    dispatch,
    advance,
    async finish(change) {
      for (let round = 0; round < 20; round += 1) {
        await dispatch(change)
        await advance()
        await client.mine(CONFIRMATIONS)
        await advance()
        const left = await payouts.due(new Date(Date.now() + 3_600_000), 1)
        const queued = await payouts.queued(CHAIN, 1)
        if (left.length + queued.length === 0) return
      }
      throw new Error('Payouts are still under way after 20 rounds.')
    },
    async balance(account) {
      return BigInt(await client.request<string>('eth_getBalance', [account, 'latest']))
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const abi = parseAbi(['function mint(address to, uint256 amount)'])

async function send(client: AnvilClient, to: Address | string, data: `0x${string}`) {
  const [from] = await client.accounts()
  await sendMined(client, { from, to, data })
}

class RefusedError extends AppError {
  readonly code = 'REFUSED'

  constructor() {
    super('Not this.', { retry: 'never' })
  }
}

/** An address of nobody's, another for each number. */
export const stranger = (number: number): Address =>
  `0x5e${number.toString(16).padStart(38, '0')}` as Address
