import type { Job, JobHandler } from '@coffer/jobs/ports'
import { parseAssetId } from '@coffer/money/asset'
import type { SettleTallies, TallyKey } from './ports.ts'

/** Names of what is due, which is all that a job carries. */
export const jobOf = {
  tally: ({ merchantId, asset }: TallyKey): string => `tally:${merchantId}:${asset}`,
  schedule: (merchantId: string): string => `schedule:${merchantId}`,
  request: (id: string): string => `request:${id}`,
  release: (id: string): string => `release:${id}`,
}

/** Finds what is due. Adapter: `adapters/postgres-settlements-due.ts`. */
export type SettlementsDue = (until: Date, limit: number) => Promise<readonly Job[]>

export type SettlementJobsOptions = {
  settle: SettleTallies
  settleOnSchedule: (merchantId: string) => Promise<void>
  answerRequest: (id: string) => Promise<void>
  releaseReserve: (id: string) => Promise<boolean>
}

/** Does what is due of settlements: what matured, schedules, requests, and reserves to release. */
export function settlementJobs(options: SettlementJobsOptions): JobHandler {
  const { settle, settleOnSchedule, answerRequest, releaseReserve } = options
  return async (job) => {
    const [kind, id = '', ...rest] = job.split(':')
    switch (kind) {
      case 'tally':
        await settle([{ merchantId: id, asset: parseAssetId(rest.join(':')) }], 'threshold')
        return
      case 'schedule':
        return await settleOnSchedule(id)
      case 'request':
        return await answerRequest(id)
      case 'release':
        await releaseReserve(id)
        return
      default:
        throw new Error(`No settlement job is called ${JSON.stringify(job)}.`)
    }
  }
}
