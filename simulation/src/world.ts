import { memoryScan } from '@coffer/deposits/testing/memory-scan'
import { memoryUnitOfWork } from '@coffer/ledger/testing/memory-unit-of-work'
import { memoryBroker } from '@coffer/messaging/memory-broker'
import { memoryOutbox } from '@coffer/messaging/testing/memory-outbox'
import { rulesOf } from './accepted-assets.ts'
import { accountsProcess } from './accounts-process.ts'
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
import { scannerProcess } from './scanner-process.ts'
import type { Schedule } from './schedule.ts'
import { storeWitness } from './store-witness.ts'

const topic = 'wallet.events'
const leaseMs = 60_000

export type World = ReturnType<typeof openWorld>

/** Everything there is in one seed's world, but its time. */
export function openWorld(room: Room, schedule: Schedule, policy: Policy) {
  const { random } = room
  const payments = openPayments(random, policy.reading)
  const scan = memoryScan({ ...policy, ...policy.reading, watched: [], ownerOf })
  const outbox = memoryOutbox({ leaseMs })
  const broker = memoryBroker()
  const ledger = memoryUnitOfWork()
  const group = consumerGroup(room, broker, topic)
  const payers = openPayers(room, { payments, register: scan.watch })
  const { chain, database } = scan
  const nodes = openNodes(room, chain, policy.nodes)
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
  const witness = storeWitness(room, { database, outbox, story, payments, policy, onTakenBack })
  const operator = openOperator(room, { database, payments, witness })
  /** What the operator has configured by now; a process reads it when it starts. */
  const config = { isLateListed: false, tracesLater: policy.tracesLater }
  const rules = () => ({
    ...rulesOf(config.isLateListed, tiersOf(policy)),
    tracesLater: config.tracesLater,
  })
  const place = { handled: 0 }
  const announced = () => ledger.contents().announced
  const scanning = { scan, nodes, witness, rules }
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
  return { ...shared, payments, payers, nodes, operator, story, witness, fleet }
}
