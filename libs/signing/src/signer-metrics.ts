import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter } from 'prom-client'
import { SIGNING_PURPOSES } from './ports.ts'
import type { SignerObserver } from './signer-server.ts'
import { SIGNING_RULES } from './signing-refused.ts'

/** Counts what the signer signs, refuses and fails at, for Prometheus. */
export function signerMetrics(metrics: Metrics): SignerObserver {
  const registers = [metrics]
  const signed = new Counter({
    name: 'coffer_signer_signed_total',
    help: 'Requests that got a signature.',
    labelNames: ['purpose'] as const,
    registers,
  })
  const refused = new Counter({
    name: 'coffer_signer_refused_total',
    help: 'Requests that a rule refused.',
    labelNames: ['rule'] as const,
    registers,
  })
  const failed = new Counter({
    name: 'coffer_signer_failed_total',
    help: 'Requests at which the signer failed.',
    registers,
  })
  for (const purpose of SIGNING_PURPOSES) signed.inc({ purpose }, 0)
  // What must stay 0 has to be there to be watched.
  for (const rule of SIGNING_RULES) refused.inc({ rule }, 0)
  return {
    signed: (purpose) => signed.inc({ purpose }),
    refused: (rule) => refused.inc({ rule }),
    failed: () => failed.inc(),
  }
}
