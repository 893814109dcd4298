import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'
import { depositPlace, isOfShare, type TracePlace, traceparentOf } from './trace-place.ts'

type Facts = Readonly<Record<string, string | number | boolean>>

/** Something that took its time, in milliseconds since 1970. */
export type TracedWork = {
  name: string
  startMs: number
  endMs: number
  facts?: Facts
  /** Whether it sent a message or received one. */
  kind?: 'producer' | 'consumer'
  /** Why it failed. */
  failed?: string
}

/** What was done for one deposit. */
export type TracedStep = TracedWork & {
  of: TracePlace
  /** It is what the deposit's trace begins with. */
  isFirst?: boolean
}

/** Records what was done, for whoever collects it. Adapter: `otlp-recorder.ts`. */
export type TraceRecorder = AsyncDisposable & {
  record(work: TracedWork, steps: readonly TracedStep[]): void
}

const settings = z.object({
  /** Where spans are sent to (OTLP over HTTP), without `/v1/traces`. Left out, there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Share of the deposits that are traced. It must be the same in every process. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
})

let tracing: { recorder: TraceRecorder; share: number } | undefined

/**
 * Has the steps of this process recorded, where the settings say to whom. Without, nothing is, and
 * asking costs nothing. Throws `ConfigError`. Disposed of, it sends what is left.
 */
export async function startTracing(
  process: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AsyncDisposable> {
  const config = readConfig(settings, env)
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return { [Symbol.asyncDispose]: async () => undefined }
  // Half a second of loading, for those who want it only.
  const { otlpRecorder } = await import('./otlp-recorder.ts')
  const recorder = otlpRecorder({ process, endpoint })
  return traceTo(recorder, config.OTEL_TRACES_SAMPLER_ARG)
}

/** Has `share` of all deposits' steps told to `recorder`. */
export function traceTo(recorder: TraceRecorder, share = 1): AsyncDisposable {
  tracing = { recorder, share }
  return {
    async [Symbol.asyncDispose]() {
      tracing = undefined
      await recorder[Symbol.asyncDispose]()
    },
  }
}

/** Whether anything is recorded at all. */
export const isTracing = (): boolean => tracing !== undefined

/** Where the trace of a deposit begins, if it is recorded. */
export function tracedDeposit(depositId: string): TracePlace | undefined {
  if (tracing === undefined) return undefined
  const place = depositPlace(depositId)
  return isOfShare(place, tracing.share) ? place : undefined
}

/** The header that goes with a deposit's messages, if it is recorded. */
export function depositTraceparent(depositId: string): string | undefined {
  const place = tracedDeposit(depositId)
  return place && traceparentOf(place)
}

/**
 * Records work that was done for several deposits at once, and what it was for each of them. The
 * work has a trace of its own that is linked with theirs: it is nobody's parent.
 */
export function recordSteps(work: TracedWork, steps: readonly TracedStep[]): void {
  if (steps.length > 0) tracing?.recorder.record(work, steps)
}
