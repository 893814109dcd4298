import type { Message } from '@coffer/events/event'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import type {
  BatchHandler,
  Consumer,
  ConsumerOptions,
  Delivery,
  GroupReader,
  MessageLog,
  Producer,
} from '../ports.ts'

/** A broker in this process, for tests: it keeps the promises of the ports and nothing on disk. */
export type MemoryBroker = {
  producer(): Producer
  consumer(options: ConsumerOptions): Consumer
  /** How many messages a group has yet to handle. */
  backlog(reader: GroupReader): number
  /** All that was ever published to `topic`: each partition in order, one after another. */
  messages(topic: string): Delivery[]
  log: MessageLog
}

type Partition = { name: string; log: Delivery[] }

/** A group's place in each partition: how far it has committed, and which are being handled. */
type Group = { committed: Map<string, number>; taken: Set<string> }

const RETRY = { firstMs: 1, maxMs: 20 }

/** Opens an empty broker whose topics come into being when they are first named. */
export function memoryBroker({ partitions = 3 }: { partitions?: number } = {}): MemoryBroker {
  const topics = new Map<string, Partition[]>()
  const groups = new Map<string, Group>()
  const changed = new EventTarget()
  const tellAll = () => changed.dispatchEvent(new Event('change'))

  const topicOf = (name: string) =>
    getOrAdd(topics, name, () =>
      Array.from({ length: partitions }, (_, number) => ({ name: `${name}/${number}`, log: [] })),
    )

  const append = (message: Message) => {
    const partition = partitionOf(message.key, partitions)
    const log = topicOf(message.topic)[partition]?.log ?? []
    const { topic, key, headers, value } = message
    log.push({ topic, key, headers: { ...headers }, value, partition, offset: `${log.length}` })
  }

  const consumer = (options: ConsumerOptions): Consumer => ({
    async run(handler, signal) {
      const group = getOrAdd(groups, options.group, () => ({
        committed: new Map<string, number>(),
        taken: new Set<string>(),
      }))
      for (let attempt = 0; !signal.aborted; ) {
        const change = nextChange(changed, signal)
        const claimed = take(group, options.topics.flatMap(topicOf), options.batchSizeMax)
        if (claimed.length === 0) {
          await change
          continue
        }
        const isHandled = await handled(handler, claimed)
        for (const { partition, next } of claimed) {
          if (isHandled) group.committed.set(partition.name, next)
          group.taken.delete(partition.name)
        }
        tellAll()
        attempt = isHandled ? 0 : attempt + 1
        if (attempt > 0) await pause(backoffMs(attempt, RETRY), signal)
      }
    },
  })

  return {
    consumer,
    backlog: ({ group, topics: names }) =>
      names
        .flatMap(topicOf)
        .reduce(
          (sum, { name, log }) => sum + log.length - (groups.get(group)?.committed.get(name) ?? 0),
          0,
        ),
    messages: (topic) => topicOf(topic).flatMap(({ log }) => log),
    log: {
      extents: async (topic) =>
        topicOf(topic).map(({ log }, partition) => ({
          ...{ partition, first: 0n },
          end: BigInt(log.length),
        })),
      read: async ({ topic, partition, from, max }) =>
        topicOf(topic)[partition]?.log.slice(Number(from), Number(from) + max) ?? [],
    },
    producer: () => ({
      async publish(messages) {
        messages.forEach(append)
        tellAll()
      },
      async [Symbol.asyncDispose]() {},
    }),
  }
}

type Claim = { partition: Partition; deliveries: Delivery[]; next: number }

/** Takes what `group` has not handled of the partitions that no other member has in hand. */
function take(group: Group, partitions: readonly Partition[], max: number): Claim[] {
  const claims: Claim[] = []
  let room = max
  for (const partition of partitions) {
    const start = group.committed.get(partition.name) ?? 0
    const deliveries = partition.log.slice(start, start + room)
    if (deliveries.length === 0 || group.taken.has(partition.name)) continue
    group.taken.add(partition.name)
    room -= deliveries.length
    claims.push({ partition, deliveries, next: start + deliveries.length })
  }
  return claims
}

async function handled(handler: BatchHandler, claims: readonly Claim[]): Promise<boolean> {
  try {
    await handler(claims.flatMap(({ deliveries }) => deliveries))
    return true
  } catch {
    return false
  }
}

function nextChange(changed: EventTarget, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = () => {
    changed.removeEventListener('change', done)
    signal.removeEventListener('abort', done)
    resolve()
  }
  changed.addEventListener('change', done)
  signal.addEventListener('abort', done)
  return promise
}

/** FNV-1a of the key: any hash serves, as long as a key keeps its partition. */
function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0) % partitions
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}
