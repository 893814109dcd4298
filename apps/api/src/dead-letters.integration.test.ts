import { LogReadError } from '@coffer/messaging/log-read-error'
import { type MemoryBroker, memoryBroker } from '@coffer/messaging/memory-broker'
import { createMetrics } from '@coffer/telemetry/metrics'
import { expect, test } from 'vitest'
import { testApi } from './testing/test-api.ts'

const LETTERS = '/v1/admin/dead-letters'
const LIST = `${LETTERS}?topic=wallet.events`
const DLQ = 'wallet.events.dlq'

/** The API before a broker with one partition, on which these were given up. */
async function apiWith(values: readonly string[]) {
  const broker = memoryBroker({ partitions: 1 })
  await broker.producer().publish(values.map(deadLetter))
  const metrics = createMetrics('api')
  const api = await testApi({ broker: openerOf(broker), metrics })
  return { ...api, broker, metrics, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

const openerOf = (broker: MemoryBroker) => async () => ({
  log: broker.log,
  producer: broker.producer(),
})

const deadLetter = (value: string) => ({
  topic: DLQ,
  key: 'alice',
  headers: {
    ce_id: value,
    coffer_dlq_cause: 'the ledger refused it',
    coffer_dlq_code: 'LEDGER_DEPOSIT_NOT_BOOKABLE',
    coffer_dlq_attempts: '3',
    coffer_dlq_consumer: 'accounts',
    coffer_dlq_topic: 'wallet.events',
    coffer_dlq_partition: '4',
    coffer_dlq_offset: '17',
    coffer_dlq_at: '2020-11-21T12:00:00.000Z',
  },
  value,
})

test('dead letters are listed with what was wrong with them, by page', async () => {
  await using api = await apiWith(['one', 'two'])

  const first = await api.get(`${LIST}&limit=1`)
  const last = await api.get(`${LIST}&limit=1&cursor=${first.body.nextCursor}`)
  const one = await api.get(`${LETTERS}/${DLQ}:0:0`)

  expect(first.body.items).toEqual([
    {
      id: `${DLQ}:0:0`,
      state: 'pending',
      since: '2020-11-21T12:00:00.000Z',
      key: 'alice',
      consumer: 'accounts',
      code: 'LEDGER_DEPOSIT_NOT_BOOKABLE',
      cause: 'the ledger refused it',
      attempts: 3,
      source: 'wallet.events:4:17',
      headers: { ce_id: 'one' },
      value: 'one',
    },
  ])
  expect([last.body.items[0].value, last.body.nextCursor]).toEqual(['two', null])
  expect(one.body).toEqual(first.body.items[0])
})

test('an operator redrives what waits, once, after seeing what that would be', async () => {
  await using api = await apiWith(['one', 'two'])
  const redrive = (more: object = {}) =>
    api.post(`${LETTERS}/redrive`, { topic: 'wallet.events', which: 'all', ...more })

  const dry = await redrive({ dryRun: true })
  const published = api.broker.messages('wallet.events').length
  const redriven = await redrive()
  const again = await redrive()

  expect([dry.body.ids, published]).toEqual([[`${DLQ}:0:0`, `${DLQ}:0:1`], 0])
  expect(redriven.body).toMatchObject({ ids: dry.body.ids, nextCursor: null })
  expect(again.body.ids).toEqual([])
  expect(api.broker.messages('wallet.events').map(({ value }) => value)).toEqual(['one', 'two'])
  expect((await api.get(`${LIST}&state=redriven`)).body.items).toHaveLength(2)
})

test('an operator discards what can never be handled, with words that are kept', async () => {
  await using api = await apiWith(['garbage', 'two'])
  const discard = (id: string) => api.post(`${LETTERS}/discard`, { ids: [id], reason: 'a test' })

  const discarded = await discard(`${DLQ}:0:0`)
  const again = await discard(`${DLQ}:0:0`)
  const unknown = await discard(`${DLQ}:0:9`)

  expect([discarded.body, again.body]).toEqual([{ discarded: [`${DLQ}:0:0`] }, { discarded: [] }])
  expect([unknown.status, unknown.body.code]).toEqual([404, 'DEAD_LETTER_UNKNOWN'])
  expect((await api.get(`${LIST}&state=discarded`)).body.items).toMatchObject([
    { value: 'garbage', reason: 'a test' },
  ])
  expect(await api.metrics.metrics()).toMatch(
    /coffer_dead_letters_waiting\{.*topic="wallet.events".*\} 1/,
  )
})

test('what is asked wrongly is refused in words', async () => {
  await using api = await apiWith(['one'])
  const redrive = (body: object) => api.post(`${LETTERS}/redrive`, body)

  const answers = [
    await api.get(`${LETTERS}?topic=nowhere`),
    await api.get(`${LIST}&cursor=x`),
    await api.get(`${LETTERS}/garbage`),
    await redrive({ topic: 'wallet.events', which: { ids: ['garbage'] } }),
    await redrive({ topic: 'wallet.events', which: { ids: ['accounting.events.dlq:0:1'] } }),
    await redrive({ topic: 'wallet.events' }),
  ]

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 422, 400])
})

test('without a broker, or while it is away, everything else still answers', async () => {
  await using without = await testApi()
  await using away = await testApi({
    broker: () => Promise.reject(new LogReadError(DLQ, new Error('away'))),
  })

  expect([(await without.get(LIST)).status, (await away.get(LIST)).status]).toEqual([501, 503])
  expect([(await without.get('/v1/chains')).status, (await away.get('/v1/chains')).status]).toEqual(
    [200, 200],
  )
})
