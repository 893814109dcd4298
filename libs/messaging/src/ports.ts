import type { Message } from '@coffer/events/event'

/** Sends messages. Adapters: `adapters/*-producer.ts`, `adapters/memory-broker.ts`. */
export type Producer = AsyncDisposable & {
  /**
   * Resolves when every message is stored as durably as the broker promises (acks = all).
   * Messages of one key are stored in the order given. When it throws, any of them may have been
   * stored: publish again, for whoever reads them drops repeats by event id.
   */
  publish(messages: readonly Message[]): Promise<void>
}

/** A message as it was read, with the place it was read from. */
export type Delivery = Message & {
  partition: number
  /** Decimal string: grows along a partition. */
  offset: string
}

export type GroupReader = {
  /** Consumers of one group share the partitions; each group reads everything. */
  group: string
  topics: readonly string[]
}

export type ConsumerOptions = GroupReader & {
  /** Most deliveries handed over at once. */
  batchSizeMax: number
}

/**
 * Handles deliveries, which may come from several partitions: those of one partition, and so those
 * of one key, are in order. When it resolves, their offsets are committed; when it throws, they are
 * delivered again.
 */
export type BatchHandler = (deliveries: readonly Delivery[]) => Promise<void>

/** Reads messages. Adapters: `adapters/*-consumer.ts`, `adapters/memory-broker.ts`. */
export type Consumer = {
  /** Delivers at least once, each partition in order, until `signal` aborts. */
  run(handler: BatchHandler, signal: AbortSignal): Promise<void>
}

/** The messages that a partition holds: those from `first` on, up to `end` and without it. */
export type Extent = { partition: number; first: bigint; end: bigint }

export type LogPlace = { topic: string; partition: number; from: bigint; max: number }

/**
 * What a topic holds, looked at without being a member of any group. Adapters:
 * `adapters/kafka-log.ts`, `adapters/memory-broker.ts`.
 */
export type MessageLog = {
  /** Of each partition, in their order. */
  extents(topic: string): Promise<readonly Extent[]>
  /**
   * What is next from an offset on that lies before the partition's end: at least one message and
   * at most `max`. Throws `LogReadError` when nothing comes in time.
   */
  read(place: LogPlace): Promise<readonly Delivery[]>
}

/** A message as bytes. It is another one as soon as the next is told: keep nothing of it. */
export type RawMessage = {
  partition: number
  offset: number
  /** What it lies in. */
  bytes: Buffer
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
  /** Of each header four places: where its name starts and ends, and its value. */
  headers: number[]
  headersCount: number
}

/** What was read of a topic at once. */
export type RawPage = {
  /** Tells each message, those of a partition in order. */
  tell(visit: (message: RawMessage) => void): void
}

/**
 * Reads topics from beginning to end. Adapters: `adapters/kafka-topic-log.ts`,
 * `testing/memory-log.ts`.
 */
export type TopicLog = AsyncDisposable & {
  extents: MessageLog['extents']
  /**
   * Hands over what `extents` of `topic` hold, each partition in order, and reads ahead meanwhile.
   * Ends when all was handled, or throws what the handler threw. Offsets that are not there any
   * more, or whose bytes are not those that were stored, are passed over: whoever counts them sees
   * the gap.
   */
  read(
    topic: string,
    extents: readonly Extent[],
    handler: (page: RawPage) => Promise<void>,
  ): Promise<void>
}
