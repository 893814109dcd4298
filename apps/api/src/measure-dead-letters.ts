import { deadLetterTopic } from '@coffer/events/topics'
import type { postgresLetterStates } from '@coffer/messaging/letter-states'
import { pause } from '@coffer/runtime/backoff'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Gauge } from 'prom-client'
import type { DeadLetterBroker } from './dead-letter-routes.ts'
import { SOURCES } from './dead-letter-wire.ts'

type MeasureDeadLettersOptions = {
  broker: () => Promise<DeadLetterBroker>
  states: Pick<ReturnType<typeof postgresLetterStates>, 'settled'>
}

/** A broker that takes longer than this is not waited for when Prometheus asks, milliseconds. */
const WAIT_MS = 2_000

/** Measures how many dead letters need an operator, whenever Prometheus asks. */
export function measureDeadLetters(
  registry: Metrics,
  { broker, states }: MeasureDeadLettersOptions,
): void {
  const waitingOf = async (source: string) => {
    const topic = deadLetterTopic(source)
    const { log } = await broker()
    const extents = await log.extents(topic)
    const all = extents.reduce((sum, { first, end }) => sum + end - first, 0n)
    return Number(all) - (await states.settled(topic, extents))
  }
  new Gauge({
    name: 'coffer_dead_letters_waiting',
    help: 'Dead letters that were neither handled after all, nor discarded.',
    labelNames: ['topic'],
    registers: [registry],
    async collect() {
      // With broker or database away there is no figure; the other metrics are still told.
      const told = await Promise.race([
        Promise.all(SOURCES.map(waitingOf)).catch(() => undefined),
        pause(WAIT_MS),
      ])
      this.reset()
      SOURCES.forEach((topic, place) => {
        const waiting = told?.[place]
        if (waiting !== undefined) this.set({ topic }, waiting)
      })
    },
  })
}
