import { inGroups } from '@coffer/runtime/in-groups'
import type { ChargeReport } from '../domain/charge.ts'
import {
  type ApplyChargeReportsOptions,
  applyChargeReports,
  type ReportOutcome,
} from './apply-charge-reports.ts'

export type ApplyChargeReportOptions = ApplyChargeReportsOptions & {
  /** Failures of the database, which say nothing about a report. */
  isTransient: (error: unknown) => boolean
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Most reports that are applied in one transaction. */
const GROUP_MAX = 200

/**
 * Applies what a channel says of a charge, as `applyChargeReports` does; what is said of others at
 * the same time shares a transaction.
 */
export function applyChargeReport(options: ApplyChargeReportOptions) {
  const handle = applyChargeReports(options)
  const apply = inGroups({ handle, sizeMax: GROUP_MAX, isOutage: options.isTransient })
  return async (report: ChargeReport): Promise<ReportOutcome> =>
    UUID.test(report.reference) ? await apply(report) : 'unknown'
}
