/** A panel that asks for what nobody tells stays empty, and nobody wonders why. */
import { parser } from '@prometheus-io/lezer-promql'
import { expect, test } from 'vitest'
import { alarmRules, metricsOf } from './alarm-rules.ts'
import { repositoryFiles } from './repository-files.ts'

type Panel = { title: string; targets: { expr: string }[]; gridPos: Record<string, number> }
type Dashboard = { uid: string; title: string; panels: Panel[] }

const dashboards = repositoryFiles(/^ops\/grafana\/dashboards\/.*\.json$/).map(({ path, text }) => {
  return { path, ...(JSON.parse(text) as Dashboard) }
})
const source = repositoryFiles(/^(libs|apps)\/.*(?<!\.test)\.ts$/)
const told = new Set(
  source.flatMap(({ text }) => text.match(/(?<=')coffer_[a-z0-9_]+(?=')/g) ?? []),
)
const queries = dashboards.flatMap(({ path, panels }) =>
  panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ path, title, expr }))),
)

/** A histogram is told as three metrics, none of which stands in the source. */
const isTold = (metric: string) =>
  told.has(metric) || told.has(metric.replace(/_(bucket|sum|count)$/, ''))

/** Whether Prometheus can read `expression`, by its own grammar. */
function isSound(expression: string): boolean {
  let isWell = true
  parser.parse(expression).iterate({
    enter: ({ type }) => {
      if (type.isError) isWell = false
    },
  })
  return isWell
}

test('there is a dashboard for each side of Coffer', () => {
  expect(dashboards.map(({ uid }) => uid).toSorted()).toEqual(
    ['api', 'ledger', 'messaging', 'overview', 'payouts', 'scanner'].map(
      (name) => `coffer-${name}`,
    ),
  )
  expect(dashboards.filter(({ panels }) => panels.length < 5)).toEqual([])
})

test('every query is PromQL and reads metrics that the source names', () => {
  const unsound = queries.filter(({ expr }) => !isSound(expr) || !metricsOf(expr).every(isTold))

  expect(queries.length).toBeGreaterThan(60)
  expect(unsound).toEqual([])
})

test('no two panels of a dashboard lie on one another', () => {
  const covered = dashboards.flatMap(({ path, panels }) => {
    const cells = panels.flatMap(({ gridPos: { x = 0, y = 0, w = 0, h = 0 } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    )
    return new Set(cells).size === cells.length ? [] : [path]
  })

  expect(covered).toEqual([])
})

test('every alarm is PromQL, and a check of its rule tests when it rings and when not', () => {
  const [tests] = repositoryFiles(/^ops\/prometheus-rules\.test\.yml$/)
  const rings = (name: string) =>
    tests?.text.match(new RegExp(`alertname: ${name}\\b`, 'g'))?.length

  expect(alarmRules().filter(({ expr }) => !isSound(expr))).toEqual([])
  expect(
    alarmRules()
      .filter(({ alert }) => (rings(alert) ?? 0) < 2)
      .map(({ alert }) => alert),
  ).toEqual([])
})
