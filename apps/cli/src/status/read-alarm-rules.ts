import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { AlarmRule } from './alarm-conditions.ts'

const RULES = new URL('../../../../ops/prometheus-rules.yml', import.meta.url)

/** The alarms that Prometheus rings by. */
export async function readAlarmRules(): Promise<AlarmRule[]> {
  const { groups } = parse(await readFile(RULES, 'utf8')) as { groups: { rules: AlarmRule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}
