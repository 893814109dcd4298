import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Histogram } from 'prom-client'
import type { BookingMetrics } from '../ports.ts'

/** Counts bookings for Prometheus in `registry`. Call it once for each registry. */
export function prometheusBookingMetrics(registry: Metrics): BookingMetrics {
  const registers = [registry]
  const booked = new Counter({
    name: 'coffer_ledger_booked_total',
    help: 'Ledger transactions that were booked.',
    registers,
  })
  const duplicates = new Counter({
    name: 'coffer_ledger_duplicates_total',
    help: 'Events that were dropped because they had been handled before.',
    registers,
  })
  const unassigned = new Counter({
    name: 'coffer_ledger_unassigned_total',
    help: 'Deposits that came for owners whose accounts are closed.',
    registers,
  })
  const size = new Histogram({
    name: 'coffer_ledger_batch_events',
    help: 'Events in one batch that was handled.',
    buckets: [1, 10, 50, 100, 250, 500, 1_000, 2_000, 5_000],
    registers,
  })
  const seconds = new Histogram({
    name: 'coffer_ledger_batch_seconds',
    help: 'Time to book one batch, its commit included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const credited = new Histogram({
    name: 'coffer_deposit_credit_seconds',
    help: 'From when a deposit was final to when it was booked, of up to 20 of each batch.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
    registers,
  })
  return {
    unassigned: (count) => unassigned.inc(count),
    batch(handled) {
      booked.inc(handled.booked)
      duplicates.inc(handled.duplicates)
      size.observe(handled.booked + handled.duplicates)
      seconds.observe(handled.seconds)
      for (const each of handled.credited) credited.observe(each)
    },
  }
}
