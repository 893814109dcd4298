import { AppError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import { type DeadLetterRange, parseDeadLetterRange } from './dead-letter.ts'
import { cursorAt } from './list-dead-letters.ts'
import type { Producer } from './ports.ts'
import {
  type DeadLetterBox,
  type LetterCursor,
  readDeadLetters,
  type SeenDeadLetter,
} from './read-dead-letters.ts'

export type RedriveRequest = {
  /** The dead letter topic. */
  topic: string
  /** Which to redrive: by id or range of ids, by key, or every one that waits. */
  which: { ids: readonly string[] } | { key: string } | 'all'
  /** Those that were given up later are left: they may be what this brings back. */
  until: Date
  from?: LetterCursor | undefined
  /** Publishes and notes nothing. */
  isDryRun: boolean
  /** Takes also what was redriven before and of which nothing was heard since. */
  again: boolean
}

export type Redriven = {
  /** What was published again, in this order. */
  ids: string[]
  /** Where to go on; undefined when all was looked at. */
  next: LetterCursor | undefined
}

export type RedriveOptions = DeadLetterBox & { producer: Pick<Producer, 'publish'> }

/** So many are published at once, and noted when the broker has acknowledged them. */
const CHUNK = 100

/** So many are redriven by one call. */
const REDRIVEN_MAX = 1_000

/**
 * Publishes dead letters again where they came from, those of one key in their order. Each takes
 * along all that wait of its key: a reversal must not stay behind when the credit that it takes
 * back is booked, nor come before it. What was redriven, handled or discarded is not published
 * again, so repeating this does no harm; a crash in between publishes some twice, which consumers
 * drop.
 * Throws {@link RedriveIdsError}, `DeadLetterIdError`, `LogReadError`, `PublishError`.
 */
export const redriveDeadLetters =
  ({ producer, ...box }: RedriveOptions) =>
  async (request: RedriveRequest): Promise<Redriven> => {
    const { topic, until, from, isDryRun, again } = request
    const keys = await keysOf(box, request)
    const redriven: Redriven = { ids: [], next: undefined }
    let chunk: SeenDeadLetter[] = []
    const flush = async () => {
      const ids = chunk.map(({ id }) => id)
      if (!isDryRun && ids.length > 0) {
        await producer.publish(chunk.map(redriveMessage))
        await box.states.redriven(ids)
      }
      redriven.ids.push(...ids)
      chunk = []
    }
    for await (const letter of readDeadLetters(box, { topic, from })) {
      const isDue = letter.state === 'pending' || (again && letter.state === 'redriven')
      const isLate = letter.at !== '' && new Date(letter.at) > until
      if (!isDue || isLate || (keys !== undefined && !keys.has(letter.key))) continue
      if (redriven.ids.length + chunk.length === REDRIVEN_MAX) {
        redriven.next = cursorAt(letter.id)
        break
      }
      if (chunk.push(letter) === CHUNK) await flush()
    }
    await flush()
    return redriven
  }

/** The keys of what was asked for; undefined for all. */
async function keysOf(
  box: DeadLetterBox,
  { topic, which }: RedriveRequest,
): Promise<ReadonlySet<string> | undefined> {
  if (which === 'all') return undefined
  if ('key' in which) return new Set([which.key])
  const ranges = which.ids.map(parseDeadLetterRange)
  if (ranges.some((range) => range.topic !== topic)) throw new RedriveIdsError(topic)
  const keys = new Set<string>()
  for (const range of ranges) for (const key of await keysIn(box, range)) keys.add(key)
  return keys
}

async function keysIn({ log }: DeadLetterBox, range: DeadLetterRange): Promise<Set<string>> {
  const { topic, partition } = range
  const extent = (await log.extents(topic)).find((each) => each.partition === partition)
  const keys = new Set<string>()
  if (extent === undefined) return keys
  const end = range.to < extent.end ? range.to + 1n : extent.end
  for (let next = range.from > extent.first ? range.from : extent.first; next < end; ) {
    const read = await log.read({ topic, partition, from: next, max: CHUNK })
    for (const { offset, key } of read) if (BigInt(offset) < end) keys.add(key)
    next = BigInt(read.at(-1)?.offset ?? end) + 1n
  }
  return keys
}

/** The message as it came, which says of which dead letter it is and who is to handle it. */
const redriveMessage = ({ id, consumer, message }: SeenDeadLetter): Message => ({
  ...message,
  headers: { ...message.headers, coffer_redrive_of: id, coffer_redrive_for: consumer },
})

/** Dead letters of two topics cannot be redriven at once. */
export class RedriveIdsError extends AppError {
  readonly code = 'DEAD_LETTER_TOPIC'

  constructor(topic: string) {
    super(`Expected ids of ${topic} alone: redrive the dead letters of one topic after another.`, {
      retry: 'never',
      details: { topic },
    })
  }
}
