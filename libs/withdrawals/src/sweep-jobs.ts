import { randomUUID } from 'node:crypto'
import { describeError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { JobQueue } from '@coffer/jobs/ports'
import { wake } from '@coffer/jobs/run-jobs'
import type { ChainId } from '@coffer/money/chain-id'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import { forwarderAddresses, forwarderSalt } from '@coffer/wallets/forwarder-addresses'
import type { SweepSettings } from './domain/sweep-settings.ts'
import type { ChainClient, Payouts } from './ports.ts'
import type { SweepRooms, Sweeps } from './sweep-ports.ts'
import { planSweeps } from './usecases/plan-sweeps.ts'

export type RunSweepsOptions = {
  rooms: SweepRooms
  sweeps: Sweeps
  payouts: Payouts
  clients: ReadonlyMap<ChainId, ChainClient>
  settings: readonly SweepSettings[]
  queue: JobQueue
  /** Whether the forwarders of a chain are known to lead to the hot wallet; until then it waits. */
  isVerified: (chain: ChainId) => boolean
  /** How often it is looked what has come, milliseconds. */
  sweepMs: number
  logger: Logger
}

/** Plans sweeps until stopped; `runPayouts` signs and sends them. Any number of processes may. */
export function runSweeps(options: RunSweepsOptions): Work {
  const { settings, clients, isVerified, queue, sweepMs, logger } = options
  const work = settings.flatMap((each) => {
    const client = clients.get(each.chain)
    if (client === undefined) return []
    const plan = planSweeps({
      ...{ ...options, client, settings: each, newId: randomUUID, now: () => new Date() },
      forwarderOf: forwarderOf(each.forwarders),
      onIntended(ids) {
        logger.info({ chain: each.chain, ids }, 'a sweep is under way')
        const jobs = ids.map((id) => ({ id }))
        void wake(queue, jobs, logger)
      },
    })
    const step = async () => (isVerified(each.chain) ? await plan() : 'idle')
    const onError = (error: unknown, attempt: number) => {
      const facts = { chain: each.chain, attempt, error: describeError(error) }
      logger.warn(facts, 'sweeps are not planned for now')
    }
    return [poll(step, { idleMs: sweepMs, onError })]
  })
  return async (signal) => {
    await Promise.all(work.map((each) => each(signal)))
  }
}

/** The forwarder of each owner, if there is a contract for them. */
export function forwarderOf(forwarders: Address | undefined) {
  const addressOf = forwarders && forwarderAddresses(forwarders)
  return (owner: string) => addressOf && { salt: forwarderSalt(owner), address: addressOf(owner) }
}
