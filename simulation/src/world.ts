import { memoryScan } from '@coffer/deposits/testing/memory-scan'
import type { Address } from '@coffer/evm/address'
import { memoryUnitOfWork } from '@coffer/ledger/testing/memory-unit-of-work'
import { memoryBroker } from '@coffer/messaging/memory-broker'
import { memoryOutbox } from '@coffer/messaging/testing/memory-outbox'
import { rulesOf } from './accepted-assets.ts'
import { accountsProcess } from './accounts-process.ts'
import { besideWitness } from './beside-witness.ts'
import { bookingsProcess } from './bookings-process.ts'
import { chainStory } from './chain-story.ts'
import { consumerGroup } from './consumer-group.ts'
import { openNodes } from './nodes.ts'
import { openOperator } from './operator.ts'
import { openPayers } from './payers.ts'
import { openPayments } from './payments.ts'
import { ownerOf } from './people.ts'
import { type Policy, tiersOf } from './policy.ts'
import { processFleet } from './process-fleet.ts'
import { relayProcess } from './relay-process.ts'
import type { Room } from './room.ts'
import { scanLies } from './scan-lies.ts'
import { scannerProcess } from './scanner-process.ts'
import type { Schedule } from './schedule.ts'
import { storeWitness } from './store-witness.ts'

const topic = 'wallet.events'
const leaseMs = 60_000

/** When the first turn is. */
const EPOCH_MS = 1_700_000_000_000

export type World = ReturnType<typeof openWorld>

/** Everything there is in one seed's world, but its time. */
export function openWorld(room: Room, schedule: Schedule, policy: Policy) {
  const { random } = room
  const payments = openPayments(random, policy)
  const now = () => new Date(EPOCH_MS + schedule.nowMs())
  const scan = memoryScan({ ...policy, ...policy.reading, watched: [], ownerOf, now })
  const outbox = memoryOutbox({ leaseMs })
  const broker = memoryBroker()
  const ledger = memoryUnitOfWork()
  const group = consumerGroup(room, broker, topic)
  const payers = openPayers(room, { payments, register: (address) => register(address) })
  const { chain, database } = scan
  const madeUp = () => payments.forge(payers.registered())
  const { forges } = policy
  const nodes = openNodes(room, { chain, count: policy.nodes, forges, madeUp })
  const lies = scanLies(room, { perMille: policy.scanLiesPerMille, payments, chain })
  const beside = besideWitness(room, { payers, lies })
  const scanned = () => witness.height()
  const isTagged = typeof policy.confirmations !== 'number'
  const story = chainStory(room, {
    chain,
    payments,
    payers,
    nodes,
    scanned,
    isTagged,
    ...policy.story,
  })
  const onTakenBack = (to: bigint) => operator.tookBack(to)
  const seen = { beside, nodes, onTakenBack }
  const witness = storeWitness(room, { database, outbox, story, payments, policy, ...seen })
  const operator = openOperator(room, { database, payments, witness })
  /** What the operator has configured by now; a process reads it when it starts. */
  const config = { isLateListed: false, tracesLater: policy.tracesLater }
  const rules = () => ({
    ...rulesOf(config.isLateListed, tiersOf(policy)),
    tracesLater: config.tracesLater,
  })
  const place = { handled: 0 }
  const announced = () => ledger.contents().announced
  const scanning = { scan, nodes, witness, rules, lies, policy }
  const relaying = { outbox, producer: broker.producer(), topic, leaseMs }
  const accounting = { group, unitOfWork: ledger.unitOfWork, version: ledger.contents }
  const fleet = processFleet(room, schedule, {
    scanner: scannerProcess(room, scanning),
    relay: relayProcess(room, relaying),
    accounts: accountsProcess(room, accounting),
    bookings: bookingsProcess(room, { bookings: database.bookings, announced, place }),
    onKilled: (process) => group.leave(process),
  })
  const shared = { policy, config, topic, scan, outbox, broker, ledger, group, place }
  return { ...shared, payments, payers, nodes, lies, beside, operator, story, witness, fleet }

  /** Those of the beginning are watched for ever. */
  function register(address: Address): void {
    scan.watch(address)
    if (schedule.nowMs() === 0) return
    const watchedFrom = witness.height() + 1n
    database.register(address, { owner: ownerOf(address), watchedFrom, registeredAt: now() })
  }
}
