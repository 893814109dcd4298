import { randomUUID } from 'node:crypto'
import { describeError } from '@coffer/errors/app-error'
import type { JobQueue } from '@coffer/jobs/ports'
import { runJobs, wake } from '@coffer/jobs/run-jobs'
import type { ChainId } from '@coffer/money/chain-id'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { checkedSigner } from './adapters/checked-signer.ts'
import type { ChainClient, PayoutMetrics, Payouts, Signer, WithdrawalRooms } from './ports.ts'
import { tellingRefusals } from './telling-refusals.ts'
import { advanceTransaction } from './usecases/advance-transaction.ts'
import { dispatchPayouts, type PayoutSettings } from './usecases/dispatch-payouts.ts'

export type { PayoutSettings } from './usecases/dispatch-payouts.ts'

export type RunPayoutsOptions = {
  rooms: WithdrawalRooms
  payouts: Payouts
  clients: ReadonlyMap<ChainId, ChainClient>
  signer: Signer
  /** One for each chain that is paid on. */
  settings: readonly PayoutSettings[]
  queue: JobQueue
  metrics: PayoutMetrics
  raiseAfterMs: number
  lookMs: number
  /** How often withdrawals that wait are looked for, milliseconds. */
  dispatchMs: number
  logger: Logger
}

/** Pays what waits, until stopped. Any number of processes may. */
export function runPayouts(options: RunPayoutsOptions): Work {
  const { settings, queue, lookMs, dispatchMs, logger, payouts, clients } = options
  const metrics = tellingRefusals({ ...options, now: Date.now })
  const now = () => new Date()
  const clientOf = (chain: ChainId): ChainClient => {
    const client = clients.get(chain)
    if (client === undefined) throw new Error(`${chain} is not configured.`)
    return client
  }
  const signer = checkedSigner(options.signer)
  const feesOf = (chain: ChainId) => {
    const found = settings.find((each) => each.chain === chain)
    if (found === undefined) throw new Error(`Nothing is paid on ${chain}.`)
    return found.fees
  }
  const advance = advanceTransaction({ ...options, metrics, signer, clientOf, feesOf, now })
  const work = settings.map((each) => {
    const client = clientOf(each.chain)
    const onIntended = (ids: readonly string[]) =>
      void wake(
        queue,
        ids.map((id) => ({ id })),
        logger,
      )
    const step = dispatchPayouts({
      ...{ ...options, client, settings: each, onIntended, newId: randomUUID, now },
    })
    return poll(step, {
      idleMs: dispatchMs,
      onError: (error, attempt) => {
        const facts = { chain: each.chain, attempt, error: describeError(error) }
        logger.warn(facts, 'payouts are not dispatched for now')
      },
    })
  })
  const jobs = runJobs({
    ...{ queue, name: 'withdrawals.transactions', logger },
    due: (until, limit) => payouts.due(until, limit),
    handle: advance,
    everyMs: lookMs,
  })
  return async (signal) => {
    await Promise.all([jobs(signal), ...work.map((each) => each(signal))])
  }
}
