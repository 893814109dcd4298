import { expect, test } from 'vitest'
import { otlpReceiver } from './testing/otlp-receiver.ts'
import { depositPlace } from './trace-place.ts'
import { isTracing, recordSteps, startTracing, tracedDeposit } from './tracing.ts'

const [ONE, OTHER] = [depositPlace('one'), depositPlace('other')]
const WORK = { name: 'store blocks', startMs: 1_000, endMs: 1_500 }

test('sends the steps of each deposit in its own trace, and links them with what was done at once', async () => {
  await using receiver = await otlpReceiver()
  const tracing = await startTracing('scanner', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })

  recordSteps(WORK, [
    { of: ONE, ...WORK, name: 'deposit', facts: { 'coffer.block': 7 }, isFirst: true },
    { of: ONE, ...WORK, name: 'store deposit' },
    { of: OTHER, ...WORK, name: 'store deposit', failed: 'the database is away' },
  ])
  await tracing[Symbol.asyncDispose]()

  const { spans } = receiver
  const batch = spans.find(({ name }) => name === 'store blocks')
  expect(batch).toMatchObject({ service: 'coffer-scanner', parentSpanId: '' })
  expect(batch?.links).toEqual([ONE.traceId, OTHER.traceId])
  const together = { links: [batch?.traceId], startMs: 1_000, endMs: 1_500 }
  const below = ({ traceId, spanId }: typeof ONE) => ({ traceId, parentSpanId: spanId })
  expect(spans.filter(({ name }) => name !== 'store blocks')).toMatchObject([
    { ...ONE, name: 'deposit', parentSpanId: '', facts: { 'coffer.block': 7 }, ...together },
    { ...below(ONE), name: 'store deposit', failed: undefined, ...together },
    { ...below(OTHER), name: 'store deposit', failed: 'the database is away', ...together },
  ])
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
})

test('records nothing and knows no traces unless it is told where to', async () => {
  await using _ = await startTracing('scanner', { OTEL_EXPORTER_OTLP_ENDPOINT: '' })

  expect(isTracing()).toBe(false)
  expect(tracedDeposit('one')).toBe(undefined)
})

test('records the share of deposits that it is told', async () => {
  await using receiver = await otlpReceiver()
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }
  const none = await startTracing('scanner', { ...settings, OTEL_TRACES_SAMPLER_ARG: '0' })
  const untraced = tracedDeposit('one')
  await none[Symbol.asyncDispose]()
  await using _ = await startTracing('scanner', settings)

  expect(untraced).toBe(undefined)
  expect(tracedDeposit('one')).toEqual(ONE)
})

test.each([
  ['an endpoint that is none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
  ['a share above all', { OTEL_TRACES_SAMPLER_ARG: '2' }],
])('refuses %s', async (_, settings) => {
  await expect(startTracing('scanner', settings)).rejects.toThrow(Object.keys(settings)[0] ?? '')
})
