import type { Message } from '@coffer/events/event'
import { readTraceparent } from '@coffer/telemetry/trace-place'
import { isTracing, recordSteps, type TracedStep } from '@coffer/telemetry/tracing'
import type { Delivery } from './ports.ts'

/** Records what came of what began; `failed` says why if it did. */
export type TraceEnd = (failed?: string) => void

const nobodyAsks: TraceEnd = () => undefined

/** Begins to publish what has waited in an outbox since its events were written. */
export function tracePublishing(messages: readonly Message[]): TraceEnd {
  if (!isTracing()) return nobodyAsks
  const startMs = Date.now()
  return () => {
    const endMs = Date.now()
    const topic = messages[0]?.topic ?? ''
    const publish = { name: `publish ${topic}`, startMs, endMs, kind: 'producer' as const }
    const steps = messages.flatMap((message) => {
      const told = stepOf(message)
      const writtenMs = Math.min(Date.parse(message.headers.ce_time ?? '') || startMs, startMs)
      const waiting = { name: 'wait in outbox', startMs: writtenMs, endMs: startMs }
      return told ? [{ ...told, ...waiting }, withFacts({ ...told, ...publish })] : []
    })
    recordSteps({ ...publish, facts: factsOf(topic, messages.length) }, steps)
  }
}

/** Begins to handle what was read of topics. */
export function traceHandling(deliveries: readonly Delivery[], consumer: string): TraceEnd {
  if (!isTracing()) return nobodyAsks
  const startMs = Date.now()
  return (failed) => {
    const outcome = failed === undefined ? {} : { failed }
    const span = { startMs, endMs: Date.now(), kind: 'consumer' as const, ...outcome }
    const steps = deliveries.flatMap((delivery) => {
      const { topic, partition, offset } = delivery
      const told = stepOf(delivery)
      const place = { 'messaging.destination.partition.id': `${partition}` }
      const read = { ...place, 'messaging.kafka.offset': offset, ...groupOf(consumer) }
      const name = `process ${topic}`
      return told ? [withFacts({ ...told, ...span, name, facts: { ...told.facts, ...read } })] : []
    })
    const topics = [...new Set(deliveries.map(({ topic }) => topic))].join(', ')
    const facts = { ...factsOf(topics, deliveries.length), ...groupOf(consumer) }
    recordSteps({ ...span, name: `process ${topics}`, facts }, steps)
  }
}

type Told = Pick<TracedStep, 'of'> & { facts: Record<string, string>; topic: string }

function stepOf({ headers, topic }: Message): Told | undefined {
  const of = readTraceparent(headers.traceparent)
  const { ce_id: event = '', ce_type: type = '' } = headers
  return of && { of, topic, facts: { 'coffer.event.id': event, 'coffer.event.type': type } }
}

const withFacts = ({ topic, facts, ...step }: TracedStep & Told): TracedStep => ({
  ...step,
  facts: { ...facts, 'messaging.destination.name': topic },
})

const groupOf = (consumer: string) => ({ 'messaging.consumer.group.name': consumer })

const factsOf = (topic: string, count: number) => ({
  'messaging.destination.name': topic,
  'messaging.batch.message_count': count,
})
