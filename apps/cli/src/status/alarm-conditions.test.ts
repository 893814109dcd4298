import { expect, test } from 'vitest'
import { alarmsNow } from './alarm-conditions.ts'
import { samplesIn } from './metrics-text.ts'
import { readAlarmRules } from './read-alarm-rules.ts'

const rule = (expr: string) => ({
  ...{ alert: 'CofferTest', expr, for: '5m', labels: { severity: 'page' } },
  annotations: { summary: '{{ $labels.chain }} by {{ $value }}', runbook: 'docs/x.md' },
})

const SAMPLES = samplesIn(`
# HELP coffer_chain_head Newest block.
coffer_chain_head{chain="a",process="scanner"} 100
coffer_chain_head{chain="b",process="scanner"} 7
coffer_chain_head{chain="b",process="scanner-2"} 9
coffer_chain_checkpoint{chain="a",process="scanner"} 40
coffer_chain_checkpoint{chain="b"} 9
coffer_scan_gap_blocks{chain="a",kind="audit"} 3
coffer_scan_gap_blocks{chain="a",kind="traces"} 9
coffer_ledger_overdue_holds 2
process_cpu_seconds_total 12
`)

const summaries = (expr: string) =>
  alarmsNow([rule(expr)], SAMPLES).holding.map(({ summary }) => summary)

test.each([
  ['max by (chain) (coffer_chain_head) > 8', ['a by 100', 'b by 9']],
  ['min by (chain) (coffer_chain_head) < 8', ['b by 7']],
  [
    'max by (chain) (coffer_chain_head) - max by (chain) (coffer_chain_checkpoint) > 50',
    ['a by 60'],
  ],
  [
    'max by (chain) (coffer_chain_head) - max by (chain) (coffer_chain_checkpoint) == 0',
    ['b by 0'],
  ],
  ['max by (chain, kind) (coffer_scan_gap_blocks{kind=~"audit|blocks"}) > 0', ['a by 3']],
  ['sum(coffer_chain_head) == 116', [' by 116']],
  ['max(coffer_ledger_overdue_holds) >= 3', []],
  ['max by (topic) (coffer_dead_letters_waiting) > 0', []],
])('finds for %s what holds', (expr, expected) => {
  expect(summaries(expr)).toEqual(expected)
})

test('does not pretend to know how a metric has changed', () => {
  const { holding, unknown } = alarmsNow([rule('increase(coffer_reorgs_total[1h]) > 0')], SAMPLES)

  expect({ holding, unknown }).toEqual({ holding: [], unknown: ['CofferTest'] })
})

test('knows most of the rules that Prometheus has', async () => {
  const rules = await readAlarmRules()
  const { unknown } = alarmsNow(rules, [])
  const changing = rules.filter(({ expr }) =>
    /\b(increase|rate|changes|delta|absent|\w+_over_time)\(/.test(expr),
  )

  expect(rules.length).toBeGreaterThan(20)
  expect(unknown).toEqual(changing.map(({ alert }) => alert))
})
