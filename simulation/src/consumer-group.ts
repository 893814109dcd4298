import type { MemoryBroker } from '@coffer/messaging/memory-broker'
import type { Delivery } from '@coffer/messaging/ports'
import type { Room } from './room.ts'
import type { Process } from './schedule.ts'

/** Deliveries to one member, and what it must show to commit that it handled them. */
export type Batch = { generation: number; deliveries: readonly Delivery[] }

/**
 * A group as a broker has it: each partition is one member's, offsets are committed, and at any
 * time the members may change and begin again at what was committed.
 */
export type ConsumerGroup = {
  join(member: Process): void
  leave(member: Process): void
  /** The next of some of the member's partitions; the others' are delayed. */
  fetch(member: Process): Batch
  /** Refused when the members have changed since the batch was fetched. */
  commit(batch: Batch): void
  /** Gives the partitions to others. */
  rebalance(): void
  /** Goes back to an earlier offset of every partition, down to the first. */
  rewind(): void
  /** How much is not committed. */
  lag(): number
}

const PARTITIONS = 3

export function consumerGroup(room: Room, broker: MemoryBroker, topic: string): ConsumerGroup {
  const { random, coverage } = room
  const committed = new Map<number, number>()
  const delivered = new Map<number, number>()
  let members: Process[] = []
  let generation = 0

  const place = (partition: number) => committed.get(partition) ?? 0
  const change = (next: Process[]) => {
    members = next
    generation += 1
  }
  return {
    join: (member) => change([...members, member]),
    leave: (member) => change(members.filter((each) => each !== member)),
    fetch(member) {
      const own = members.indexOf(member)
      const logs = Map.groupBy(broker.messages(topic), ({ partition }) => partition)
      const deliveries = Array.from({ length: PARTITIONS }, (_, partition) => {
        const isDelayed = room.isFaulty && random.below(4) === 0
        if ((partition + generation) % members.length !== own || isDelayed) return []
        const from = place(partition)
        return (logs.get(partition) ?? []).slice(from, from + 1 + random.below(6))
      }).flat()
      for (const { partition, offset } of deliveries) {
        const known = delivered.get(partition) ?? -1
        if (Number(offset) <= known) coverage.saw('consumer: batch delivered again')
        delivered.set(partition, Math.max(known, Number(offset)))
      }
      return { generation, deliveries }
    },
    commit(batch) {
      if (batch.generation !== generation) {
        coverage.saw('consumer: commit of an old generation refused')
        return
      }
      for (const { partition, offset } of batch.deliveries) {
        committed.set(partition, Number(offset) + 1)
      }
    },
    rebalance() {
      change(random.shuffle(members))
      coverage.saw('consumer: rebalance')
    },
    rewind() {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        committed.set(partition, random.below(place(partition) + 1))
      }
      generation += 1
      coverage.saw('consumer: group rewound')
    },
    lag: () => {
      const handled = [...committed.values()].reduce((sum, offset) => sum + offset, 0)
      return broker.messages(topic).length - handled
    },
  }
}
