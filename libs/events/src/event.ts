import { AppError } from '@coffer/errors/app-error'
import {
  catalogue,
  type EventData,
  type EventType,
  type EventWire,
  isEventType,
} from './catalogue.ts'
import { plainDeposit } from './plain-deposit.ts'

/**
 * One event, by CloudEvents 1.0 in Kafka's binary mode: attributes are headers, data is the value.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export type Message = {
  topic: string
  /** Owner id. Messages of one key arrive in the order they were published. */
  key: string
  headers: Readonly<Record<string, string>>
  value: string
}

/** An event that was read and checked. */
export type ReadEvent = {
  [T in EventType]: { id: string; type: T; source: string; time: string; data: EventData<T> }
}[EventType]

export type NewEvent<T extends EventType> = {
  /** Stable: the same event published twice has the same id. */
  id: string
  type: T
  /** Which part of Coffer says so, for example `coffer/scanner/eip155:1`. */
  source: string
  /** RFC 3339. */
  time: string
  key: string
  data: EventWire<T>
  /** W3C trace context, to follow one deposit through every process. */
  traceparent?: string | undefined
}

/** The message that carries `event` on the topic of its type. */
export function eventMessage<T extends EventType>(event: NewEvent<T>): Message {
  const { id, type, source, time, key, data, traceparent } = event
  return {
    topic: catalogue[type].topic,
    key,
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: type,
      ce_source: source,
      ce_time: time,
      'content-type': 'application/json',
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    value: JSON.stringify(data),
  }
}

/** Reads a message. Throws {@link EventFormatError} on anything that is not one of our events. */
export function readEvent(message: Pick<Message, 'headers' | 'value'>): ReadEvent {
  const { ce_id: id, ce_type: type, ce_source: source, ce_time: time } = message.headers
  if (!id || !type || !source || !time) {
    throw new EventFormatError('one of the headers ce_id, ce_type, ce_source, ce_time is missing')
  }
  if (!isEventType(type)) throw new EventFormatError(`its type ${JSON.stringify(type)} is unknown`)
  const json = parseJson(message.value)
  // Nearly all that comes in numbers is of this kind.
  const plain = type === 'deposit.confirmed' ? plainDeposit(json) : undefined
  if (plain) return { id, type: 'deposit.confirmed', source, time, data: plain }
  const result = catalogue[type].data.safeParse(json)
  if (!result.success) {
    const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new EventFormatError(`the data of ${type} ${id} is off: ${issues.join('; ')}`)
  }
  return { id, type, source, time, data: result.data } as ReadEvent
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new EventFormatError('its value is not JSON', error)
  }
}

/** A message that no retry can turn into an event: it belongs on the dead letter topic. */
export class EventFormatError extends AppError {
  readonly code = 'EVENT_FORMAT'

  constructor(problem: string, cause?: unknown) {
    super(`Not a Coffer event: ${problem}.`, { retry: 'never', cause })
  }
}
