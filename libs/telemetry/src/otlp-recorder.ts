import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  RandomIdGenerator,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TracePlace } from './trace-place.ts'
import type { TracedStep, TracedWork, TraceRecorder } from './tracing.ts'

export type OtlpRecorderOptions = {
  /** Whose spans they are. */
  process: string
  /** OTLP over HTTP, without `/v1/traces`. */
  endpoint: string
}

/** Spans that wait to be sent, some kilobyte each; further ones are dropped. */
const WAITING_MAX = 20_000

/** So long they wait at most, milliseconds. */
const SENT_AFTER_MS = 500

/** Deposits that a batch is linked with; those of more are linked with it all the same. */
const LINKS_MAX = 128

const KINDS = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER }

/** Sends spans to an OpenTelemetry collector, some at a time; while it is away they are lost. */
export function otlpRecorder({ process, endpoint }: OtlpRecorderOptions): TraceRecorder {
  const ids = givenIds()
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const sending = { maxQueueSize: WAITING_MAX, scheduledDelayMillis: SENT_AFTER_MS }
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `coffer-${process}` }),
    idGenerator: ids,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...sending })],
  })
  const tracer = provider.getTracer('coffer')
  return {
    record(work, steps) {
      const links = placesOf(steps).map((place) => ({ context: contextOf(place) }))
      const together = started(tracer, work, { root: true, links })
      const linked = { links: [{ context: together.spanContext() }] }
      ended(together, work)
      for (const step of steps) {
        const { of, isFirst = false } = step
        if (isFirst) ids.give(of)
        const parent = trace.setSpanContext(ROOT_CONTEXT, contextOf(of))
        const options = isFirst ? { ...linked, root: true } : linked
        ended(started(tracer, step, options, parent), step)
      }
    },
    [Symbol.asyncDispose]: () => provider.shutdown(),
  }
}

type Options = Pick<NonNullable<Parameters<Tracer['startSpan']>[1]>, 'links' | 'root'>

function started(tracer: Tracer, work: TracedWork, options: Options, parent = ROOT_CONTEXT) {
  const { name, startMs, facts = {}, kind } = work
  // As a number, an early time would be taken for one since the process began.
  const startTime = new Date(startMs)
  const described = { startTime, attributes: { ...facts }, kind: kindOf(kind) }
  return tracer.startSpan(name, { ...described, ...options }, parent)
}

function ended(span: ReturnType<typeof started>, { failed, endMs }: TracedWork): void {
  if (failed !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failed })
  span.end(new Date(endMs))
}

const kindOf = (kind: TracedWork['kind']) => (kind ? KINDS[kind] : SpanKind.INTERNAL)

const contextOf = (place: TracePlace) => ({ ...place, traceFlags: 1, isRemote: true })

/** Those that the steps are of, each once. */
function placesOf(steps: readonly TracedStep[]): TracePlace[] {
  return [...new Map(steps.map(({ of }) => [of.traceId, of])).values()].slice(0, LINKS_MAX)
}

/** Gives out the ids that it was given, and else random ones. */
function givenIds() {
  const random = new RandomIdGenerator()
  let given: Partial<TracePlace> = {}
  const take = (name: keyof TracePlace): string | undefined => {
    const { [name]: id, ...rest } = given
    given = rest
    return id
  }
  return {
    give: (place: TracePlace): void => {
      given = place
    },
    generateTraceId: () => take('traceId') ?? random.generateTraceId(),
    generateSpanId: () => take('spanId') ?? random.generateSpanId(),
  }
}
