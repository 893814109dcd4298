import type { Sample } from './metrics-text.ts'

/** A rule of `ops/prometheus-rules.yml`. */
export type AlarmRule = {
  alert: string
  expr: string
  for: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}

/** An alarm whose condition holds now. It rings when it has done so for `after`. */
export type Alarm = {
  alarm: string
  severity: string
  summary: string
  runbook: string
  after: string
}

/**
 * The alarms whose conditions hold of `samples`, and the names of those about which one moment
 * tells nothing: they look at how a metric has changed, which only Prometheus knows.
 */
export function alarmsNow(
  rules: readonly AlarmRule[],
  samples: readonly Sample[],
): { holding: Alarm[]; unknown: string[] } {
  const told = rules.map((rule) => ({ rule, series: seriesOf(rule.expr, samples) }))
  return {
    holding: told.flatMap(({ rule, series }) => (series ?? []).map((each) => alarmOf(rule, each))),
    unknown: told.flatMap(({ rule, series }) => (series === undefined ? [rule.alert] : [])),
  }
}

type Series = Pick<Sample, 'labels' | 'value'>

const alarmOf = (
  { alert, labels, annotations, for: after }: AlarmRule,
  { labels: of, value }: Series,
): Alarm => ({
  alarm: alert,
  severity: labels.severity,
  summary: annotations.summary
    .replace(/\{\{ *\$labels\.(\w+) *\}\}/g, (_, name: string) => of[name] ?? '')
    .replace(/\{\{ *\$value *\}\}/g, `${value}`),
  runbook: annotations.runbook,
  after,
})

const SIDE = String.raw`(?:(max|min|sum) *(?:by *\(([^)]*)\))? *\( *(\w+) *(?:\{([^}]*)\})? *\))`
const CONDITION = new RegExp(
  String.raw`^${SIDE}(?: *- *${SIDE})? *(==|!=|>=|<=|>|<) *(\d+(?:\.\d+)?)$`,
)
const MATCHER = /(\w+) *(=~|!~|!=|=) *"([^"]*)"/g

/** What an expression selects at one moment; `undefined` if it asks for more than that. */
function seriesOf(expr: string, samples: readonly Sample[]): Series[] | undefined {
  const parts = CONDITION.exec(expr.trim())
  if (parts === null) return undefined
  const [operator = '', bound = ''] = parts.slice(9, 11)
  const left = aggregated(parts.slice(1, 5), samples)
  const right = parts[5] === undefined ? undefined : aggregated(parts.slice(5, 9), samples)
  return [...left].flatMap(([group, { labels, value }]) => {
    const less = right === undefined ? 0 : right.get(group)?.value
    if (less === undefined || !isSo(value - less, operator, Number(bound))) return []
    return [{ labels, value: value - less }]
  })
}

const HOW: Readonly<Record<string, (values: readonly number[]) => number>> = {
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  sum: (values) => values.reduce((sum, each) => sum + each, 0),
}

function aggregated(
  [how = '', by = '', metric, matchers = '']: readonly (string | undefined)[],
  samples: readonly Sample[],
): Map<string, Series> {
  const names = by
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const fitting = samples.filter((each) => each.metric === metric && fits(each, matchers))
  const groups = Map.groupBy(fitting, ({ labels }) => names.map((name) => labels[name]).join('\n'))
  return new Map(
    [...groups].map(([group, some]) => {
      const labels = Object.fromEntries(names.map((name) => [name, some[0]?.labels[name] ?? '']))
      return [group, { labels, value: HOW[how]?.(some.map(({ value }) => value)) ?? Number.NaN }]
    }),
  )
}

const fits = ({ labels }: Sample, matchers: string): boolean =>
  [...matchers.matchAll(MATCHER)].every(([, name = '', operator = '', wanted = '']) => {
    const value = labels[name] ?? ''
    const isLike = operator.includes('~')
      ? new RegExp(`^(?:${wanted})$`).test(value)
      : value === wanted
    return operator.startsWith('!') ? !isLike : isLike
  })

function isSo(value: number, operator: string, bound: number): boolean {
  if (operator === '==') return value === bound
  if (operator === '!=') return value !== bound
  if (operator === '>') return value > bound
  if (operator === '<') return value < bound
  return operator === '>=' ? value >= bound : value <= bound
}
