import { collectDefaultMetrics, Registry } from 'prom-client'

/** What a process counts and measures for Prometheus; `metrics()` renders it as text. */
export type Metrics = Registry

/** A registry with the metrics of the process itself; every sample is labelled with its name. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ process })
  collectDefaultMetrics({ register: registry })
  return registry
}
