import { describeError } from '@coffer/errors/app-error'
import { pause } from '@coffer/runtime/backoff'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Gauge } from 'prom-client'

/** One thing that must always be true, and is not. */
export type InvariantViolation = { invariant: string; subject: string; problem: string }

export type InvariantCheck = {
  name: string
  /** Those that it looks at. */
  invariants: readonly string[]
  look(): Promise<readonly InvariantViolation[]>
}

export type WatchInvariantsOptions = {
  checks: readonly InvariantCheck[]
  metrics: Metrics
  logger: Logger
  /** Pause between two rounds, milliseconds. */
  everyMs: number
  /** By which the age of a check is told, milliseconds. */
  clock?: () => number
}

/** It rests so many times as long as it has looked, that the database has others to answer. */
const REST = 9

/** So many violations of one round are told in the log. */
const LOGGED_MAX = 10

/**
 * Makes one check after the other, round by round, and tells Prometheus how many violations each
 * has found and how old what it says is. One that fails says nothing, and so grows old.
 */
export function watchInvariants(options: WatchInvariantsOptions): Work {
  const { checks, logger, everyMs, clock = Date.now } = options
  const { found, looked } = gauges(options, clock)
  const look = async ({ name, invariants, look: ask }: InvariantCheck) => {
    try {
      const violations = await ask()
      for (const invariant of invariants) {
        const count = violations.filter((each) => each.invariant === invariant).length
        found.set({ check: name, invariant }, count)
      }
      looked(name)
      for (const each of violations.slice(0, LOGGED_MAX)) {
        logger.error({ check: name, ...each }, 'what must always be true is not')
      }
    } catch (error) {
      logger.warn({ check: name, error: describeError(error) }, 'an invariant was not checked')
    }
  }
  return async (signal) => {
    while (!signal.aborted) {
      const began = performance.now()
      for (const check of checks) if (!signal.aborted) await look(check)
      await pause(Math.max(everyMs, REST * (performance.now() - began)), signal)
    }
  }
}

function gauges({ checks, metrics }: WatchInvariantsOptions, clock: () => number) {
  const registers = [metrics]
  const began = clock()
  const lookedAt = new Map<string, number>()
  new Gauge({
    name: 'coffer_invariant_check_age_seconds',
    help: 'How long ago invariants were checked last, or the process began if never.',
    labelNames: ['check'] as const,
    registers,
    collect() {
      for (const { name: check } of checks) {
        this.set({ check }, (clock() - (lookedAt.get(check) ?? began)) / 1_000)
      }
    },
  })
  return {
    found: new Gauge({
      name: 'coffer_invariant_violations',
      help: 'What was found by the last check that must always be true and is not.',
      labelNames: ['check', 'invariant'] as const,
      registers,
    }),
    looked: (name: string) => lookedAt.set(name, clock()),
  }
}
