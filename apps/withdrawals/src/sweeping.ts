import { WALLET_EVENTS } from '@coffer/events/topics'
import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { JobQueue } from '@coffer/jobs/ports'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { countDeadLetters } from '@coffer/messaging/messaging-metrics'
import type { Messaging } from '@coffer/messaging/open-messaging'
import type { Producer } from '@coffer/messaging/ports'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { type VerifiedForwarders, verifiedForwarders } from '@coffer/wallets/verified-forwarders'
import type { PayoutSettings } from '@coffer/withdrawals/jobs'
import type { ChainClient, Payouts } from '@coffer/withdrawals/ports'
import { postgresSweepRooms, postgresSweeps } from '@coffer/withdrawals/postgres-sweeps'
import { arrivalsHandler } from '@coffer/withdrawals/sweep-events'
import { runSweeps } from '@coffer/withdrawals/sweep-jobs'
import { measureSweeps } from '@coffer/withdrawals/sweep-metrics'
import { sweepConfig } from './sweep-config.ts'

export type SweepingOptions = {
  chains: readonly ChainConfig[]
  own: readonly Address[]
  /** Of the payouts, whose fees are the sweeps' as well. */
  settings: readonly PayoutSettings[]
  /** The group of the payouts; what came is read by one of its own. */
  member: { group: string; batchSizeMax: number }
  messaging: Pick<Messaging, 'consumer'>
  postgres: Postgres
  producer: Producer
  payouts: Payouts
  clients: ReadonlyMap<ChainId, ChainClient>
  queue: JobQueue
  logger: Logger
  metrics: Metrics
}

/** Who reads here what came to our addresses, for the dead letters. */
const CONSUMER = 'sweeps'

export type Sweeping = AsyncDisposable & { work: readonly Work[] }

/**
 * Kafka → what came → transactions that bring it to the hot wallet, unless it is off. In any case
 * it is looked first where addresses of payments lead. Throws `ForwardersError`.
 */
export async function sweeping(
  env: NodeJS.ProcessEnv,
  options: SweepingOptions,
): Promise<Sweeping> {
  const { chains, own: hotWallets, logger } = options
  const forwarders = await verifiedForwarders({ chains, hotWallets, logger })
  return {
    work: [forwarders.work, ...sweepsOf(env, options, forwarders)],
    [Symbol.asyncDispose]: () => forwarders[Symbol.asyncDispose](),
  }
}

function sweepsOf(
  env: NodeJS.ProcessEnv,
  options: SweepingOptions,
  { isVerified }: Pick<VerifiedForwarders, 'isVerified'>,
): Work[] {
  const config = sweepConfig(env)
  const { chains, own, settings, member, messaging, postgres, producer } = options
  const { payouts, clients, queue, logger, metrics } = options
  const [hotWallet] = own
  if (!config.isOn || hotWallet === undefined) return []
  const sweeps = postgresSweeps(postgres)
  const handler = handleDeliveries({
    handle: arrivalsHandler(sweeps, () => new Date()),
    consumer: CONSUMER,
    deadLetters: producer,
    redrives: postgresLetterStates(postgres),
    ...{ logger, isTransient },
    onDeadLetter: countDeadLetters(metrics),
  })
  const group = `${member.group}.${CONSUMER}`
  const consumer = messaging.consumer({ ...member, group, topics: [WALLET_EVENTS] })
  const rooms = postgresSweepRooms(postgres)
  const swept = chains.flatMap((chain) => {
    const fees = settings.find((each) => each.chain === chain.chain)?.fees
    return fees === undefined ? [] : [config.settingsOf(chain, { hotWallet, fees })]
  })
  measureSweeps(metrics, rooms, swept)
  const sweep = runSweeps({
    ...{ rooms, sweeps, payouts, clients, isVerified, queue, logger },
    settings: swept,
    sweepMs: config.sweepMs,
  })
  return [sweep, (signal) => consumer.run(handler, signal)]
}
