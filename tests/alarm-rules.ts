import { parse } from 'yaml'
import { repositoryFiles } from './repository-files.ts'

type AlarmRule = {
  alert: string
  expr: string
  for: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}

/** The alarms of `ops/prometheus-rules.yml`. */
export function alarmRules(): AlarmRule[] {
  const [file] = repositoryFiles(/^ops\/prometheus-rules\.yml$/)
  const { groups }: { groups: { rules: AlarmRule[] }[] } = parse(file?.text ?? '')
  return groups.flatMap(({ rules }) => rules)
}

/** The metrics of ours that an expression reads. A histogram is told as three, under one name. */
export const metricsOf = (expression: string): string[] =>
  (expression.match(/\bcoffer_[a-z0-9_]+/g) ?? []).map((metric) =>
    metric.replace(/_(bucket|sum|count)$/, ''),
  )
