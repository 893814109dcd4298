import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import { parseDepositReference } from '@coffer/events/deposit-reference'
import type { MemoryOutbox } from '@coffer/messaging/testing/memory-outbox'
import type { BesideWitness } from './beside-witness.ts'
import type { ChainStory } from './chain-story.ts'
import type { Nodes } from './nodes.ts'
import { type OwedEvent, owedMessages } from './owed-messages.ts'
import type { Payments } from './payments.ts'
import { depthFor, type Policy } from './policy.ts'
import type { Room } from './room.ts'

type Store = ReturnType<MemoryScan['database']['store']>
type Advance = Parameters<Store['advance']>[0]
type Reorg = Parameters<Store['rollBack']>[0]
type Ref = Reorg['from']
type Piece = Parameters<BesideWitness['audited']>[0]
type Findings = Parameters<BesideWitness['audited']>[1]
type Proof = Parameters<BesideWitness['proved']>[0]

export type StoreWitnessOptions = {
  database: MemoryScan['database']
  outbox: MemoryOutbox
  story: ChainStory
  payments: Payments
  policy: Policy
  nodes: Nodes
  beside: BesideWitness
  onTakenBack: (to: bigint) => void
}

/** Looks at each commit of the scan's store before anybody else does. */
export type StoreWitness = {
  /** A call by the process `holder` took effect. */
  stored(holder: string, method: string, call: { given: readonly unknown[]; result: unknown }): void
  /** The lease ran out, whoever had it. */
  leaseEnded(): void
  /** An operator has changed something that is not a process's. */
  operated(): void
  /** The highest block that is stored; −1 where there is none. */
  height(): bigint
  /** An operator took back everything above `keeps`. */
  unlatched(keeps: Ref | null): void
}

const WRITES = [
  ...['advance', 'rollBack', 'applyRescan', 'applyTraces', 'latch', 'applyAudit', 'recordProof'],
]

/**
 * Sees that the checkpoint moves over linked and honest blocks (I8), that nobody writes who isn't
 * the one that holds the lease, and that nothing is published that no transaction meant (I4). What
 * a commit owes goes into the outbox.
 */
export function storeWitness(room: Room, options: StoreWitnessOptions): StoreWitness {
  const { database, outbox, story, payments, policy, nodes, beside, onTakenBack } = options
  const { start } = policy
  let checkpoint: Ref | null = null
  let told = 0
  let leaseholder: string | undefined

  const advanced = ({ parent, blocks }: Advance) => {
    if (parent?.hash !== checkpoint?.hash) {
      room.violations.push(`I8: stored blocks on ${parent?.hash}, not on the checkpoint`)
    }
    for (const block of blocks) {
      const isNext = block.number === (checkpoint ? checkpoint.number + 1n : start)
      if (!isNext || (checkpoint && block.parentHash !== checkpoint.hash)) {
        room.violations.push(`I8: block ${block.number} is not linked to what is stored`)
      }
      // Nothing is stored that the first block could be linked to; the second one tells.
      const isProven = checkpoint !== null || start === 0n
      if (nodes.hasForged(block.hash)) sawForged(room, options, block)
      else if (isProven && !story.isHonest(block))
        room.violations.push(`I8: block ${block.number} was made up`)
      checkpoint = { number: block.number, hash: block.hash }
    }
  }
  const takeBack = (to: Ref | null) => {
    checkpoint = to
    onTakenBack(to?.number ?? -1n)
  }
  const publish = () => {
    const events = database.events()
    const fresh = events.slice(told)
    told = events.length
    for (const event of fresh) judgeEvent(room, payments, event)
    outbox.enqueue(owedMessages(database, fresh))
    return fresh
  }
  return {
    stored(holder, method, { given: [given], result }) {
      if (method === 'open' && result !== undefined) leaseholder = holder
      if (!WRITES.includes(method)) return
      if (holder !== leaseholder) {
        room.violations.push(`I8: ${holder} wrote, and ${leaseholder ?? 'nobody'} has the lease`)
      }
      if (method === 'advance') advanced(given as Advance)
      if (method === 'applyAudit') beside.audited(given as Piece, result as Findings)
      if (method === 'recordProof') beside.proved(given as Proof, result as { explained: number })
      if (method === 'rollBack') takeBack((given as Reorg).to)
      const fresh = publish()
      if (method === 'advance') requireDepth(room, { policy, database, fresh, checkpoint })
    },
    leaseEnded() {
      leaseholder = undefined
    },
    operated: publish,
    height: () => checkpoint?.number ?? -1n,
    unlatched(keeps) {
      takeBack(keeps)
      publish()
    },
  }
}

/** I4: only what some transaction meant is published, and what a node made up if it is believed. */
function judgeEvent(
  { trace, coverage, violations }: Room,
  payments: Payments,
  { type, id, key, amount, suspended }: OwedEvent,
): void {
  trace.say(`store: owes ${type} ${id} of ${amount}`)
  const { depositId } = parseDepositReference(id)
  if (payments.isForged({ id: depositId })) coverage.saw('scan: forged payment published')
  const isHeld = suspended === true || type === 'deposit.suspended'
  const fate = isHeld ? 'suspend' : 'credit'
  if (isHeld) coverage.saw('scan: suspended, or taken back again')
  const isMeant = payments.isMeant({ id: depositId, owner: key, amount, fate })
  if (!isMeant) violations.push(`I4: ${type} ${id} of ${amount} was never paid`)
}

function sawForged(
  { coverage }: Room,
  { database, payments, policy }: StoreWitnessOptions,
  { number }: Ref,
): void {
  coverage.saw('scan: forged blocks stored')
  const waits = database.deposits().some((each) => {
    return each.status === 'seen' && each.blockNumber === number && payments.isForged(each)
  })
  if (policy.quorum > 1 && waits) coverage.saw('scan: forged blocks kept from being final')
}

type Advanced = {
  policy: Policy
  database: MemoryScan['database']
  fresh: readonly OwedEvent[]
  checkpoint: Ref | null
}

/** I4: nothing is published before it is as deep as its amount asks for. */
function requireDepth(room: Room, { policy, database, fresh, checkpoint }: Advanced): void {
  const confirmed = fresh.filter(({ type }) => type === 'deposit.confirmed')
  for (const { id, amount } of confirmed) {
    const { depositId } = parseDepositReference(id)
    const deposit = database.deposit(depositId)
    const depth = depthFor(policy, { asset: deposit?.asset ?? '', amount })
    const on = (checkpoint?.number ?? -1n) - (deposit?.blockNumber ?? 0n) + 1n
    if (on < BigInt(depth)) {
      room.violations.push(`I4: ${id} of ${amount} was published ${on} deep, not ${depth}`)
    }
  }
}
