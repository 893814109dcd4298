import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@coffer/devstack/free-port'
import { signerServer } from '@coffer/signing/signer-server'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startMain } from '@coffer/testkit/start-main'
import { type TestTopics, testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import {
  ETH,
  type PayoutStage,
  payoutStage,
  stranger,
} from '@coffer/withdrawals/testing/payout-stage'
import { afterAll, beforeAll, expect, test } from 'vitest'

let resources: AsyncDisposableStack
let stage: PayoutStage
let topics: TestTopics
let socket: string

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  stage = resources.use(await payoutStage())
  topics = resources.use(await testTopics())
  const folder = await mkdtemp(join(tmpdir(), 'coffer-payouts-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  socket = join(folder, 'signer.sock')
  const observer = { signed() {}, refused() {}, failed() {} }
  const signing = { signer: stage.signer, path: socket, logger: silentLogger, observer }
  resources.use(await signerServer(signing))
})
afterAll(() => resources.disposeAsync())

/** Each is reached by the one that comes after the one before was killed. */
const CRASHES = [
  { CRASH_AT: 'withdrawals.after-sign:1' },
  { CRASH_AT: 'withdrawals.after-broadcast:1' },
  { CRASH_AT: 'withdrawals.before-commit:1' },
  { CRASH_AT: 'withdrawals.after-commit:1' },
]

test('W3: pays once though it is killed at every step, and stops when told', async () => {
  const asked = await stage.withdraw({ to: stranger(1) })
  for (const crash of CRASHES) {
    const killed = start(crash)
    const mining = keepMining(exitOf(killed))
    expect(await exitOf(killed)).toBe('SIGKILL')
    await mining
  }
  const other = await stage.withdraw({ to: stranger(2) })
  const health = await freePort()

  const app = start({ HEALTH_PORT: `${health}` })
  await completed(other.id)

  expect(await stage.balance(stranger(1))).toBe(1_000n)
  expect(await stage.balance(stranger(2))).toBe(1_000n)
  expect(await stage.database.available(asked.owner, ETH)).toBe(1_000n)
  expect((await stage.database.announced(asked.id)).map(({ type }) => type)).toEqual(TYPES)
  expect(await stage.database.violations()).toEqual([])
  const told = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text()
  expect(told).toMatch(/coffer_payouts_ended_total\{.*status="succeeded".*\} 1/)
  app.kill('SIGTERM')
  expect(await exitOf(app)).toBe(0)
})

test('does not start where addresses of payments lead to nobody', async () => {
  const refused = start({ FORWARDERS_ADDRESS: stranger(9) })

  expect(await exitOf(refused)).toBe(1)
})

const TYPES = ['requested', 'approved', 'broadcast', 'completed'].map(
  (type) => `withdrawal.${type}`,
)
async function completed(id: string): Promise<void> {
  const look = async () => {
    await stage.client.mine()
    return (await stage.database.withdrawal(id)).status === 'completed'
  }
  await waitFor(look, { what: `withdrawal ${id}`, intervalMs: 50 })
}

/** Blocks come until the process has ended. */
async function keepMining(ended: Promise<unknown>): Promise<void> {
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  await waitFor(
    async () => {
      await stage.client.mine()
      return isOver
    },
    { what: 'the end of the process', intervalMs: 50 },
  )
}

function start(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return startMain(new URL('main.ts', import.meta.url), {
    resources,
    env: {
      DATABASE_URL: stage.database.url,
      KAFKA_BROKERS: topics.brokers.join(','),
      TOPIC_PREFIX: topics.topicPrefix,
      REDIS_URL: stackUrls().REDIS_URL,
      RPC_URLS: stage.anvil.url,
      CHAIN_ID: '31337',
      CONFIRMATIONS: '3',
      SIGNER_SOCKET: socket,
      HEALTH_PORT: '0',
      LOOK_MS: '100',
      DISPATCH_MS: '50',
      ...env,
    },
  })
}
