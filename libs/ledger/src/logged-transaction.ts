import type { EventData, EventWire } from '@coffer/events/catalogue'
import { readEvent } from '@coffer/events/event'
import type { Delivery } from '@coffer/messaging/ports'

type Wire = EventWire<'transaction.created'>
type LoggedEntry = Wire['entries'][number]

/** A transaction as the log has it, and nothing in it that PostgreSQL could not hold. */
export type LoggedTransaction = Wire & {
  /** Whom it concerns: the key of the message. */
  owner: string
  traceparent: string | null
}

/**
 * What a message of accounting.events says was booked. Throws when that is no transaction that the
 * ledger could have booked, in words that tell why.
 */
export function readLoggedTransaction(delivery: Delivery): LoggedTransaction {
  const { headers, key, value } = delivery
  const plain = headers['ce_type'] === 'transaction.created' ? plainData(value) : undefined
  const data = plain ?? checkedData(delivery)
  const problem = problemOf(data, delivery)
  if (problem !== undefined) throw new RangeError(problem)
  return Object.assign(data, { owner: key, traceparent: headers['traceparent'] ?? null })
}

/**
 * The data of a message that is written as our own writer does; `undefined` of any other, which may
 * be right all the same. It takes a tenth of the time of {@link checkedData}.
 */
function plainData(value: string): Wire | undefined {
  try {
    const data = JSON.parse(value)
    return isPlain(data) ? data : undefined
  } catch {
    return undefined
  }
}

const isPlain = (data: Wire): boolean =>
  isText(data.transactionId) &&
  isText(data.reference) &&
  isText(data.code) &&
  isTime(data.eventAt) &&
  isTime(data.recordedAt) &&
  Array.isArray(data.entries) &&
  data.entries.every(isPlainEntry) &&
  // What does more than to book is rare: it may take longer.
  data.hold === undefined &&
  data.resolves === undefined &&
  data.closes === undefined &&
  (data.reverses === undefined || isText(data.reverses))

const isPlainEntry = (entry: LoggedEntry): boolean =>
  isText(entry.owner) &&
  isText(entry.account) &&
  isText(entry.asset) &&
  WHOLE.test(entry.amount) &&
  WHOLE.test(entry.balanceAfter) &&
  Number.isSafeInteger(entry.accountVersion) &&
  entry.accountVersion >= 1 &&
  (entry.shard === undefined || (Number.isSafeInteger(entry.shard) && entry.shard >= 0))

const WHOLE = /^(0|-?[1-9][0-9]*)$/
const isText = (text: unknown): boolean => typeof text === 'string' && text !== ''

/** Whether it is a time as `toISOString` writes it, and there was such a day. */
const isTime = (text: string): boolean => {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text
}

/** The data of any message that is one of our events. Throws `EventFormatError`. */
function checkedData(delivery: Delivery): Wire {
  const event = readEvent(delivery)
  if (event.type !== 'transaction.created') throw new RangeError(`it is a ${event.type}`)
  return wireOf(event.data)
}

const wireOf = ({ hold, ...data }: EventData<'transaction.created'>): Wire => ({
  ...data,
  eventAt: isoTime(data.eventAt),
  recordedAt: isoTime(data.recordedAt),
  entries: data.entries.map((entry) => ({
    ...entry,
    amount: `${entry.amount}`,
    balanceAfter: `${entry.balanceAfter}`,
  })),
  ...(hold && {
    hold: {
      held: hold.held.map((entry) => ({ ...entry, amount: `${entry.amount}` })),
      ...(hold.expiresAt === undefined ? {} : { expiresAt: isoTime(hold.expiresAt) }),
    },
  }),
})

const isoTime = (text: string): string => new Date(text).toISOString()

const ID = /^[1-9][0-9]{0,17}$/
/** Digits of `numeric(96, 0)`, and the sign. */
const AMOUNT_LENGTH_MAX = 97
const SHARD_MAX = 2 ** 15 - 1

function problemOf(data: Wire, { headers, key, value }: Delivery): string | undefined {
  const { transactionId, reference, entries, hold } = data
  if (headers['ce_id'] !== `transaction:${reference}`) {
    return `its id is ${headers['ce_id']}, and its reference ${reference}`
  }
  if (!ID.test(transactionId)) return `its transactionId is ${JSON.stringify(transactionId)}`
  if (key === '') return 'it has no key'
  // Zero bytes and halves of pairs come from escapes alone, and a key from nowhere but bytes.
  if (key.includes('\0') || (value.includes('\\u') && !isStorable(data))) {
    return 'it holds text that cannot be stored'
  }
  const booked = [...entries, ...(hold?.held ?? [])]
  for (const { amount, shard = 0 } of booked) {
    if (amount === '0') return 'the amount of an entry is 0'
    if (amount.length > AMOUNT_LENGTH_MAX) return 'the amount of an entry is too large'
    if (shard > SHARD_MAX) return `it names the shard ${shard}`
  }
  if (entries.some(({ balanceAfter }) => balanceAfter.length > AMOUNT_LENGTH_MAX)) {
    return 'a balance is too large'
  }
  if (entries.length === 0 && !mayBookNothing(data)) return 'it has no entries'
  if (!balanced(entries) || !balanced(hold?.held ?? [])) return 'its entries do not sum to zero'
  return undefined
}

const mayBookNothing = ({ hold, resolves, closes }: Wire): boolean =>
  hold !== undefined || closes !== undefined || (resolves && resolves.as !== 'posted') === true

const isStorable = (data: Wire): boolean => {
  const text = JSON.stringify(data)
  return !text.includes('\\u0000') && !/\\ud[89a-f]/.test(text)
}

function balanced(entries: readonly Pick<LoggedEntry, 'asset' | 'amount'>[]): boolean {
  const [one, other] = entries
  if (entries.length === 2 && one?.asset === other?.asset) {
    return one?.amount === `-${other?.amount}` || `-${one?.amount}` === other?.amount
  }
  const sums = new Map<string, bigint>()
  for (const { asset, amount } of entries) {
    sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(amount))
  }
  return sums.values().every((sum) => sum === 0n)
}
