import { AppError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import type { Delivery } from './ports.ts'

/**
 * What an operator has to know of it: it waits (`pending`); it was published again and nothing is
 * known of it since (`redriven`), it was handled then (`handled`), or given up once more, so that
 * another dead letter took its place (`returned`); or an operator put it aside (`discarded`).
 */
export type DeadLetterState = 'pending' | 'redriven' | 'handled' | 'returned' | 'discarded'

/** A message that its consumer could not handle, as it lies on the dead letter topic. */
export type DeadLetter = {
  /** `{dead letter topic}:{partition}:{offset}`. */
  id: string
  key: string
  /** Which consumer gave it up. */
  consumer: string
  code: string
  cause: string
  attempts: number
  /** When it was given up, RFC 3339. */
  at: string
  /** The place it was read from: `{topic}:{partition}:{offset}`. */
  source: string
  /** The dead letter that it was redriven from before. */
  redriveOf: string | undefined
  /** What to publish again: as it came, without what burying it added. */
  message: Message
}

/** Some dead letters of one partition that lie one behind the other. */
export type DeadLetterRange = { topic: string; partition: number; from: bigint; to: bigint }

const SUFFIX = '.dlq'
const RANGE =
  /^(?<topic>[^:]+\.dlq):(?<partition>[0-9]{1,6}):(?<from>[0-9]{1,18})(-(?<to>[0-9]{1,18}))?$/

/** Reads `topic:partition:offset`, or `topic:partition:first-last`. */
export function parseDeadLetterRange(text: string): DeadLetterRange {
  const { topic, partition, from, to = from } = RANGE.exec(text)?.groups ?? {}
  if (topic === undefined || from === undefined || to === undefined || BigInt(to) < BigInt(from)) {
    throw new DeadLetterIdError(text)
  }
  return { topic, partition: Number(partition), from: BigInt(from), to: BigInt(to) }
}

/** The id of the dead letter that lies there. */
const deadLetterId = ({
  topic,
  partition,
  offset,
}: Omit<Delivery, keyof Message> & {
  topic: string
}): string => `${topic}:${partition}:${offset}`

/**
 * Reads what `handleDeliveries` buried. Whatever else lies on the topic is shown as it is, and
 * never passed over.
 */
export function readDeadLetter(delivery: Delivery): DeadLetter {
  const { topic, key, headers, value } = delivery
  const told = (name: string) => headers[`coffer_dlq_${name}`] ?? ''
  const kept = Object.entries(headers).filter(([name]) => !/^coffer_(dlq|redrive)_/.test(name))
  return {
    id: deadLetterId(delivery),
    key,
    consumer: told('consumer'),
    code: told('code'),
    cause: told('cause'),
    attempts: Number(told('attempts')) || 0,
    at: told('at'),
    source: ['topic', 'partition', 'offset'].map(told).join(':'),
    redriveOf: headers['coffer_redrive_of'],
    message: {
      topic: topic.slice(0, -SUFFIX.length),
      key,
      headers: Object.fromEntries(kept),
      value,
    },
  }
}

/** Text that should name a dead letter does not. */
export class DeadLetterIdError extends AppError {
  readonly code = 'DEAD_LETTER_ID'

  constructor(text: string) {
    super(
      `${JSON.stringify(text)} names no dead letter. Expected topic:partition:offset, such as ` +
        'wallet.events.dlq:3:17, or a range of them, such as wallet.events.dlq:3:17-40.',
      { retry: 'never', details: { text } },
    )
  }
}

/** There is nothing at this place of the dead letter topic. */
export class DeadLetterUnknownError extends AppError {
  readonly code = 'DEAD_LETTER_UNKNOWN'

  constructor(id: string) {
    super(`There is no dead letter ${id}.`, { retry: 'never', details: { id } })
  }
}
