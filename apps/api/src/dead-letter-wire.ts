import { deadLetterTopic, TOPICS } from '@coffer/events/topics'
import type { SeenDeadLetter } from '@coffer/messaging/read-dead-letters'
import { z } from 'zod'

const names = new Set(TOPICS.map(({ name }) => name))

/** Topics whose consumers have somewhere to put what they cannot handle. */
export const SOURCES = [...names].filter((name) => names.has(deadLetterTopic(name)))

const source = z.enum(SOURCES).describe('The topic that they were read from')
const states = z.enum(['pending', 'redriven', 'handled', 'returned', 'discarded'])
const sources = SOURCES.map((name) => name.replaceAll('.', '\\.')).join('|')
const ID = new RegExp(`^(${sources})\\.dlq:[0-9]{1,6}:[0-9]{1,18}$`)
const id = z.string().regex(ID, 'Expected topic.dlq:partition:offset')
const ids = z.array(id).min(1).max(1_000)
const cursor = z
  .string()
  .regex(/^[0-9]{1,6}:[0-9]{1,18}$/, 'Expected nextCursor of an earlier answer')
  .transform((text) => {
    const [partition = '', offset = ''] = text.split(':')
    return { partition: Number(partition), offset: BigInt(offset) }
  })
  .describe('nextCursor of the answer before')

export const deadLetterQuery = z.strictObject({
  topic: source,
  state: states.optional(),
  key: z.string().optional().describe('The owner whom they are about'),
  code: z.string().optional().describe('Why they were given up, as docs/errors.md has it'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: cursor.optional(),
})

export const deadLetterParams = z.strictObject({ id })

export const deadLetter = z.strictObject({
  id: z.string(),
  state: states,
  since: z.iso.datetime().describe('Since when it is in this state'),
  reason: z.string().optional().describe('Why it was discarded'),
  key: z.string(),
  consumer: z.string().describe('Which consumer gave it up'),
  code: z.string(),
  cause: z.string(),
  attempts: z.int(),
  source: z.string().describe('Where it was read from: topic:partition:offset'),
  redriveOf: z.string().optional().describe('The dead letter that it was redriven from before'),
  headers: z.record(z.string(), z.string()),
  value: z.string(),
})

const nextCursor = z.string().nullable().describe('null when all was looked at')

export const deadLetterList = z.strictObject({ items: z.array(deadLetter), nextCursor })

export const redriveRequest = z.strictObject({
  topic: source,
  which: z
    .union([
      z.strictObject({ ids: z.array(z.string().max(300)).min(1).max(1_000) }),
      z.strictObject({ key: z.string().min(1) }),
      z.literal('all'),
    ])
    .describe('By id or range (wallet.events.dlq:3:17-40), by owner, or all that wait'),
  dryRun: z.boolean().default(false),
  again: z
    .boolean()
    .default(false)
    .describe('Also those that were redriven and of which nothing was heard since'),
  until: z.iso.datetime().optional().describe('Leaves those that came later; now by default'),
  cursor: cursor.optional(),
})

export const redriveAnswer = z.strictObject({
  ids: z.array(z.string()).describe('What was published again, in this order'),
  until: z.iso.datetime().describe('To be sent with nextCursor'),
  nextCursor,
})

export const discardRequest = z.strictObject({
  ids,
  reason: z.string().trim().min(1).max(500).describe('It is kept'),
})

export const discardAnswer = z.strictObject({
  discarded: z.array(z.string()).describe('Those that were not handled or discarded before'),
})

/** A dead letter as it is answered. */
export function deadLetterOnWire(letter: SeenDeadLetter): z.output<typeof deadLetter> {
  const { id, state, since, reason, key, consumer, code, cause, attempts, source } = letter
  const { redriveOf, message } = letter
  // What somebody else put on the topic may name no time.
  const told = Number.isNaN(since.getTime()) ? new Date(0) : since
  return {
    ...{ id, state, since: told.toISOString(), key, consumer, code, cause, attempts, source },
    ...(reason === null ? {} : { reason }),
    ...(redriveOf === undefined ? {} : { redriveOf }),
    headers: { ...message.headers },
    value: message.value,
  }
}

/** Where to go on, as it is answered. */
export const cursorOnWire = (next: { partition: number; offset: bigint } | undefined) =>
  next === undefined ? null : `${next.partition}:${next.offset}`
