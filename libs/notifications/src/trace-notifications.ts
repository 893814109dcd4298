import { parseDepositReference } from '@coffer/events/deposit-reference'
import { recordSteps, type TracedStep, tracedDeposit } from '@coffer/telemetry/tracing'
import type { Added, Outcome, Taken } from './ports.ts'

/** Records which notifications were made of deposits, in one transaction. */
export function traceMade(added: readonly Added[], startMs: number): void {
  const work = { name: 'make notification', startMs, endMs: Date.now() }
  const steps = added.flatMap(({ id, way, eventId, eventType }) =>
    stepOf({ eventId, eventType }, { ...work, facts: factsOf(id, way) }),
  )
  recordSteps(work, steps)
}

/** Records an attempt to tell somebody of a deposit. */
export function traceSent(
  way: Added['way'],
  { id, attempt, ...of }: Taken,
  { outcome, startMs }: { outcome: Outcome; startMs: number },
): void {
  const failed = outcome.as === 'sent' ? {} : { failed: outcome.reason }
  const work = { name: `send ${way}`, startMs, endMs: Date.now(), ...failed }
  const facts = { ...factsOf(id, way), 'coffer.notification.attempt': attempt }
  recordSteps(work, stepOf(of, { ...work, facts }))
}

const factsOf = (id: string, way: string) => ({
  'coffer.notification': id,
  'coffer.notification.way': way,
})

function stepOf(
  { eventId, eventType }: { eventId: string; eventType: string },
  step: Omit<TracedStep, 'of'>,
): TracedStep[] {
  if (!eventType.startsWith('deposit.')) return []
  const of = tracedDeposit(parseDepositReference(eventId).depositId)
  return of ? [{ ...step, of }] : []
}
