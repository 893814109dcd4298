import { eventMessage, type Message } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import { chainConfigs } from '@coffer/evm/chain-config'
import { memoryJobs } from '@coffer/jobs/testing/memory-jobs'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { countDeadLetters } from '@coffer/messaging/messaging-metrics'
import { deriveKey } from '@coffer/signing/derive-keys'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { addresses, owners } from '@coffer/wallets/schema'
import { CHAIN, ETH, type PayoutStage, payoutStage } from '@coffer/withdrawals/testing/payout-stage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sweeping } from './sweeping.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const { address } = deriveKey(MNEMONIC, "m/44'/60'/1'/0/5")

let resources: AsyncDisposableStack
let stage: PayoutStage
beforeEach(async () => {
  resources = new AsyncDisposableStack()
  stage = resources.use(await payoutStage())
})
afterEach(() => resources.disposeAsync())

test('what a deposit came to is swept, if sweeps are on', async () => {
  const topics = resources.use(await testTopics())
  const kafka = { ...topics, clientId: 'test', logger: silentLogger }
  const producer = resources.use(await kafkaProducer(kafka))
  const env = { RPC_URLS: stage.anvil.url, SWEEP_MS: '50' }
  const metrics = createMetrics('test')
  // As the process has it, whose other consumer counts its dead letters too.
  countDeadLetters(metrics)
  const works = async (sweeps: string) =>
    sweeping(
      { ...env, SWEEPS: sweeps },
      {
        chains: await chainConfigs(env),
        ...{ own: [stage.hot], settings: [stage.settings], payouts: stage.payouts },

        ...{ clients: new Map([[CHAIN, stage.chain]]), postgres: stage.database.postgres },
        ...{ member: { group: 'test', batchSizeMax: 10 }, producer, queue: memoryJobs() },
        messaging: { consumer: (options) => kafkaConsumer({ ...kafka, ...options }) },
        ...{ logger: silentLogger, metrics },
      },
    )
  await depositTo(address)
  await producer.publish([confirmed(address)])

  await using off = await works('off')
  await using all = await works('all')
  // Where addresses lead is looked at in any case.
  expect([off.work.length, all.work.length]).toEqual([1, 3])
  const stopping = new AbortController()
  const running = all.work.map((work) => work(stopping.signal))
  const [planned] = await waitFor(underWay, { what: 'a sweep' })
  stopping.abort()
  await Promise.all(running)

  const open = await stage.payouts.open(planned?.id ?? '')
  expect(open).toMatchObject({ purpose: 'sweep', sender: address, to: stage.hot, nonce: 0 })
  expect(await metrics.metrics()).toMatch(/sweep_budget_used_ratio\{chain="eip155:31337".*\} 0\.0/)
})

async function underWay() {
  const due = await stage.payouts.due(new Date(Date.now() + 3_600_000), 1)
  return due.length > 0 ? due : undefined
}

async function depositTo(to: Address): Promise<void> {
  const { postgres } = stage.database
  const [owner] = await postgres.insert(owners).values({}).returning({ id: owners.id })
  const known = { chain: CHAIN, address: to, derivationIndex: 5, watchedFrom: 0n }
  await postgres.insert(addresses).values({ ...known, owner: owner?.id ?? '' })
  await stage.client.setBalance(to, 10n ** 18n)
}

const HASH = `0x${'c'.repeat(64)}` as const

const confirmed = (to: Address): Message => {
  const depositId = `${CHAIN}:${HASH}:value`
  return eventMessage({
    ...{ id: depositId, type: 'deposit.confirmed', source: 'test', key: 'owner' },
    time: '2026-11-21T11:00:00Z',
    data: {
      ...{ depositId, revision: 1, owner: 'owner', chain: CHAIN, asset: ETH, amount: '1' },
      ...{ txHash: HASH, position: 'value', from: `0x${'a'.repeat(40)}`, to },
      ...{ blockNumber: 1, blockHash: HASH, blockTime: '2026-11-21T10:59:48Z' },
    },
  })
}
