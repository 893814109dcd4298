import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { freePort } from '@coffer/devstack/free-port'
import { eventMessage, type Message } from '@coffer/events/event'
import { TOPICS } from '@coffer/events/topics'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { trialBalance } from '@coffer/ledger/trial-balance'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { reconciliationMigrations } from '@coffer/reconciliation/migrations'
import { silentLogger } from '@coffer/telemetry/logger'
import { exitOf } from '@coffer/testkit/exit-of'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startMain } from '@coffer/testkit/start-main'
import { testDatabase } from '@coffer/testkit/test-database'
import { testTopics } from '@coffer/testkit/test-topics'
import { waitFor } from '@coffer/testkit/wait-for'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { expect, test } from 'vitest'

/** What the process reads, and where it puts what it can't. */
const READ = TOPICS.filter(({ name }) => /^(accounting|channel)\./.test(name))

const USD = 'sandbox:1/iso4217:USD'

test('what a channel says is held against what was booked, though the process is killed', async () => {
  await using room = await testRoom()
  await room.publish([line(1, 'p1', '100'), line(2, 'p2', '70'), booked('p1', '100')])
  const killed = [
    room.start({ CRASH_AT: 'reconciliation.before-commit:1', HEALTH_PORT: '0' }),
    room.start({ CRASH_AT: 'reconciliation.after-commit:1', HEALTH_PORT: '0' }),
  ]
  expect(await Promise.all(killed.map(exitOf))).toEqual(['SIGKILL', 'SIGKILL'])

  const process = room.start()
  await room.untilTold('coffer_reconciliation_differences{kind="missing_inside"')
  const [sheet] = await trialBalance(room.postgres)

  expect(sheet?.byCode).toEqual({ 'channel.receivable': 70n, suspense: -70n })
  process.kill('SIGTERM')
  expect(await exitOf(process)).toBe(0)
})

async function testRoom() {
  const resources = new AsyncDisposableStack()
  const database = resources.use(
    await testDatabase([
      messagingMigrations,
      walletsMigrations,
      ledgerMigrations,
      reconciliationMigrations,
    ]),
  )
  const { brokers, topicPrefix } = resources.use(await testTopics(READ))
  const port = await freePort()
  return {
    postgres: database.postgres,
    async publish(messages: readonly Message[]) {
      const kafka = { brokers, topicPrefix, clientId: 'test', logger: silentLogger }
      await using producer = await kafkaProducer(kafka)
      await producer.publish(messages)
    },
    /** Runs reconciliation as it runs in production; it is ended with the test. */
    start(env: NodeJS.ProcessEnv = {}): ChildProcess {
      return startMain(new URL('main.ts', import.meta.url), {
        resources,
        env: {
          DATABASE_URL: database.url,
          KAFKA_BROKERS: brokers.join(','),
          TOPIC_PREFIX: topicPrefix,
          REDIS_URL: stackUrls().REDIS_URL,
          // Nobody answers there: what is held against a chain is tried again later.
          RPC_URLS: 'http://127.0.0.1:1',
          // Whoever was killed is not waited for, and all is delivered again.
          CONSUMER_GROUP: randomUUID(),
          RECONCILIATION_GRACE_HOURS: '0',
          JANITOR_MS: '100',
          HEALTH_PORT: `${port}`,
          ...env,
        },
      })
    },
    async untilTold(line: string) {
      const url = `http://127.0.0.1:${port}/metrics`
      const isTold = async () => (await (await fetch(url)).text()).includes(line)
      await waitFor(isTold, { what: line })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

const MOVED_AT = '2026-11-20T12:00:00.000Z'

const line = (place: number, reference: string, amount: string): Message =>
  eventMessage({
    id: `sandbox:2026-11-20:${place}`,
    type: 'statement.line',
    source: 'coffer/sandbox',
    time: MOVED_AT,
    key: 'sandbox',
    data: {
      channel: 'sandbox',
      statementId: '2026-11-20',
      line: place,
      kind: 'payment',
      channelReference: `ch_${reference}`,
      reference,
      asset: USD,
      amount,
      movedAt: MOVED_AT,
    },
  })

const booked = (payment: string, amount: string): Message => {
  const entry = { asset: USD, accountVersion: 1 }
  return eventMessage({
    id: `transaction:charge:${payment}:succeeded`,
    type: 'transaction.created',
    source: 'coffer/accounts',
    time: MOVED_AT,
    key: randomUUID(),
    data: {
      transactionId: '1',
      reference: `charge:${payment}:succeeded`,
      code: 'charge.credit',
      eventAt: MOVED_AT,
      recordedAt: MOVED_AT,
      entries: [
        {
          ...entry,
          ...{ owner: 'system', account: 'channel.receivable', amount, balanceAfter: amount },
        },
        {
          ...entry,
          ...{ owner: 'system', account: 'fees', amount: `-${amount}`, balanceAfter: `-${amount}` },
        },
      ],
    },
  })
}
