import type { Logger } from '@coffer/telemetry/logger'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { AuditFinding, AuditFindingKind } from '../domain/audit.ts'
import { CHAIN } from '../testing/fake-transfers.ts'
import { auditTelemetry } from './audit-telemetry.ts'

test('what must stay 0 is there from the start', async () => {
  const { value } = telemetry()

  expect(await value('coffer_audit_missed_total')).toBe(0)
  expect(await value('coffer_audit_unfounded_total')).toBe(0)
})

test('counts and tells what was found, and alarms of all but what came late', async () => {
  const { observer, value, errors } = telemetry()
  const kinds: AuditFindingKind[] = ['missed', 'missed', 'late', 'unfounded', 'differs', 'unread']

  observer.audited(42n, { blocks: 3, findings: kinds.map(finding) })

  expect(await value('coffer_audit_height')).toBe(42)
  expect(await value('coffer_audit_missed_total')).toBe(2)
  expect(await value('coffer_audit_late_total')).toBe(1)
  expect(await value('coffer_audit_unfounded_total')).toBe(2)
  expect(await value('coffer_audit_blocks_faulty_total')).toBe(1)
  expect(errors).toEqual(
    kinds.filter((kind) => kind !== 'late').map((kind) => ({ chain: CHAIN, ...finding(kind) })),
  )
})

const finding = (kind: AuditFindingKind): AuditFinding => ({ kind, height: 40n, subject: 'this' })

function telemetry() {
  const metrics = new Registry()
  const errors: object[] = []
  const silent = () => undefined
  const logger: Logger = {
    ...{ debug: silent, info: silent, warn: silent, child: () => logger },
    error: (fields) => errors.push(fields),
  }
  const value = async (name: string) => {
    const metric = await metrics.getSingleMetric(name)?.get()
    return metric?.values[0]?.value
  }
  return { observer: auditTelemetry(metrics, logger)(CHAIN), value, errors }
}
