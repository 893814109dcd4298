/** An alarm on what nobody tells never rings. What processes tell, an e2e test asks them. */
import { expect, test } from 'vitest'
import { alarmRules, metricsOf } from './alarm-rules.ts'
import { repositoryFiles } from './repository-files.ts'

const rules = alarmRules()
const [operations] = repositoryFiles(/^docs\/operations\.md$/)

test('every alarm has a heading of its own in docs/operations.md, which its runbook leads to', () => {
  const headings = [...(operations?.text ?? '').matchAll(/^### (Coffer\w+)$/gm)]

  expect(rules.length).toBeGreaterThan(10)
  expect(headings.map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert))
  expect(rules.map(({ annotations }) => annotations.runbook)).toEqual(
    rules.map(({ alert }) => `docs/operations.md#${alert.toLowerCase()}`),
  )
})

test('every alarm reads a metric that the source names, says what is wrong, and how urgent it is', () => {
  const source = repositoryFiles(/^(libs|apps)\/.*(?<!\.test)\.ts$/)
  const named = new Set(source.flatMap(({ text }) => text.match(/'coffer_[a-z0-9_]+'/g) ?? []))

  const unsound = rules.filter(({ expr, labels, annotations, for: lasting }) => {
    const metrics = metricsOf(expr)
    const isTold = metrics.length > 0 && metrics.every((metric) => named.has(`'${metric}'`))
    const isUrgent = ['page', 'ticket'].includes(labels.severity) && /^\d+[mhd]$/.test(lasting)
    return !(isTold && isUrgent && annotations.summary && isBalanced(expr))
  })

  expect(unsound).toEqual([])
})

/** Whether each bracket is closed, the last one opened first. */
function isBalanced(expression: string): boolean {
  const open: string[] = []
  const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
  for (const character of expression) {
    if ('([{'.includes(character)) open.push(character)
    else if (character in closing && open.pop() !== closing[character]) return false
  }
  return open.length === 0
}
