import { hash } from 'node:crypto'

/** A span of a trace, by the W3C's ids in lower-case hex. */
export type TracePlace = { traceId: string; spanId: string }

/**
 * Where a deposit's trace begins. It is made of the deposit's identity, so every process knows it
 * without being told, and after a crash, a rescan or a reorg it is still the same.
 */
export function depositPlace(depositId: string): TracePlace {
  const digest = hash('sha256', `coffer:deposit:${depositId}`, 'hex')
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) }
}

/** Whether a trace is among the `share` (0 to 1) of all: the same in every process. */
export const isOfShare = ({ traceId }: TracePlace, share: number): boolean =>
  Number.parseInt(traceId.slice(-8), 16) < share * 2 ** 32

/** The header of a trace that is recorded. https://www.w3.org/TR/trace-context/ */
export const traceparentOf = ({ traceId, spanId }: TracePlace): string =>
  `00-${traceId}-${spanId}-01`

/** What {@link traceparentOf} wrote; `undefined` of what is not recorded or not understood. */
export function readTraceparent(header: string | undefined): TracePlace | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1
  return isSampled && !ZEROS.test(traceId) && !ZEROS.test(spanId) ? { traceId, spanId } : undefined
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/
const ZEROS = /^0+$/
