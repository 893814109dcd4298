/**
 * What members of a group tell each other through the broker, in version 0 of Kafka's
 * `ConsumerProtocolSubscription` and `ConsumerProtocolAssignment`, under the name that kafkajs has
 * for it: members with either client share a group, and the client can be changed one by one.
 */
export const ASSIGNER = 'RoundRobinAssigner'

/** Partitions of one topic. */
export type TopicPartitions = { topic: string; partitions: readonly number[] }

/** Says that a member wants to read `topics`. */
export const encodeSubscription = (topics: readonly string[]): Buffer =>
  Buffer.concat([int16(0), int32(topics.length), ...topics.map(text), NO_USER_DATA])

/** The topics that a member wants to read. */
export function decodeSubscription(bytes: Buffer): string[] {
  const read = reader(bytes)
  read.int16()
  return Array.from({ length: read.int32() }, () => read.text())
}

/** Says which partitions a member gets. */
export const encodeAssignment = (assigned: readonly TopicPartitions[]): Buffer =>
  Buffer.concat([
    int16(0),
    int32(assigned.length),
    ...assigned.flatMap(({ topic, partitions }) => [
      text(topic),
      int32(partitions.length),
      ...partitions.map(int32),
    ]),
    NO_USER_DATA,
  ])

/** The partitions that a member gets; none if it was told nothing. */
export function decodeAssignment(bytes: Buffer): TopicPartitions[] {
  if (bytes.length === 0) return []
  const read = reader(bytes)
  read.int16()
  return Array.from({ length: read.int32() }, () => ({
    topic: read.text(),
    partitions: Array.from({ length: read.int32() }, () => read.int32()),
  }))
}

/** Deals the partitions out in turn, by the order of member ids, to those who want their topic. */
export function assignRoundRobin(
  members: ReadonlyMap<string, readonly string[]>,
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, TopicPartitions[]> {
  const assigned = new Map([...members.keys()].sort().map((id) => [id, [] as TopicPartitions[]]))
  let turn = 0
  for (const [topic, count] of partitionCounts) {
    const takers = [...assigned].filter(([id]) => members.get(id)?.includes(topic))
    const dealt = Map.groupBy(
      Array.from({ length: takers.length > 0 ? count : 0 }, (_, partition) => partition),
      () => turn++ % takers.length,
    )
    for (const [taker, partitions] of dealt) takers[taker]?.[1].push({ topic, partitions })
  }
  return assigned
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}

const NO_USER_DATA = int32(0)

function reader(bytes: Buffer) {
  let at = 0
  const skip = (count: number) => {
    at += count
    return at - count
  }
  const readInt16 = () => bytes.readInt16BE(skip(2))
  return {
    int16: readInt16,
    int32: () => bytes.readInt32BE(skip(4)),
    text() {
      const length = readInt16()
      return bytes.toString('utf8', skip(length), at)
    },
  }
}
