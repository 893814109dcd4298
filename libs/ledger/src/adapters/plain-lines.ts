import type { RawMessage } from '@coffer/messaging/ports'
import type { AccountNumbers } from './account-numbers.ts'
import { type LineBuffer, makeRoom, putAscii } from './line-buffer.ts'
import {
  areSame,
  ascii,
  DIGIT_0,
  isPlain,
  isSame,
  MINUS,
  passAmount,
  passText,
  passTime,
  passWhole,
  type Reading,
  skip,
} from './plain-bytes.ts'
import type { ShadowLines } from './shadow-lines.ts'

/** Room for what a line has besides what comes out of its message. */
const LINE_ROOM = 1_024
const ID_DIGITS_MAX = 18
const VERSION_DIGITS_MAX = 15
const SHARD_DIGITS_MAX = 4

// Our own writer's words: see `transactionCreatedMessage`.
const ID = ascii('{"transactionId":"')
const REFERENCE = ascii('","reference":"')
const CODE = ascii('","code":"')
const EVENT_AT = ascii('","eventAt":"')
const RECORDED_AT = ascii('","recordedAt":"')
const ENTRIES = ascii('","entries":[{"owner":"')
const ACCOUNT = ascii('","account":"')
const ASSET = ascii('","asset":"')
const SHARD = ascii('","shard":')
const AMOUNT_AFTER_SHARD = ascii(',"amount":"')
const AMOUNT = ascii('","amount":"')
const VERSION = ascii('","accountVersion":')
const BALANCE = ascii(',"balanceAfter":"')
const NEXT_ENTRY = ascii('"},{"owner":"')
const ENTRIES_END = ascii('"}]')
const REVERSES = ascii(',"reverses":"')
const REVERSES_END = ascii('"')
const END = ascii('}')
const TYPE_HEADER = ascii('ce_type')
const TYPE = ascii('transaction.created')
const ID_HEADER = ascii('ce_id')
const ID_PREFIX = ascii('transaction:')
const TRACE_HEADER = ascii('traceparent')

const [TAB, LINE_FEED] = [0x09, 0x0a] as const
const NULL = '\\N'
const NOTHING_ELSE = '\t\\N\t\\N\t\\N\t\\N\n'

export type PlainLinesOptions = { lines: ShadowLines; accounts: AccountNumbers }

/**
 * Writes the lines of a message from byte to byte, if it is what nearly all are: two entries of one
 * asset in the very words of our own writer, with nothing that COPY would take for anything else.
 * Of any other it writes nothing and answers false: it may be right all the same. What it writes is
 * what `addLines` writes, in a tenth of the time.
 */
export function plainLines(options: PlainLinesOptions) {
  const { transactions, entries } = options.lines
  const reading: PlainReading = { ...options, bytes: Buffer.alloc(0), at: 0, end: 0, ...NOWHERE }
  return (message: RawMessage, place: string): boolean => {
    const size = message.valueEnd - message.valueStart + message.keyEnd - message.keyStart
    makeRoom(transactions, size + LINE_ROOM)
    makeRoom(entries, size + LINE_ROOM)
    const [transactionsBefore, entriesBefore] = [transactions.length, entries.length]
    if (writeMessage(reading, message, place)) return true
    transactions.length = transactionsBefore
    entries.length = entriesBefore
    return false
  }
}

const NOWHERE = {
  eventIdStart: 0,
  eventIdEnd: 0,
  traceStart: 0,
  traceEnd: 0,
  idStart: 0,
  idEnd: 0,
  assetStart: 0,
  assetEnd: 0,
  amountStart: 0,
  amountEnd: 0,
}

/** Where parts of the message lie; those of an entry are the last one's. */
type PlainReading = Reading & PlainLinesOptions & typeof NOWHERE

function writeMessage(reading: PlainReading, message: RawMessage, place: string): boolean {
  const { transactions } = reading.lines
  if (!readHeaders(reading, message)) return false
  reading.at = message.valueStart
  reading.end = message.valueEnd
  putAscii(transactions, place)
  if (!(skip(reading, ID) && tab(transactions))) return false
  reading.idStart = reading.at
  if (!copyWhole(reading, transactions, ID_DIGITS_MAX)) return false
  reading.idEnd = reading.at
  if (!(skip(reading, REFERENCE) && tab(transactions))) return false
  const start = reading.at
  if (!copyText(reading, transactions) || !isIdOf(reading, start)) return false
  if (!(skip(reading, CODE) && tab(transactions))) return false
  if (!copyText(reading, transactions)) return false
  if (!(skip(reading, EVENT_AT) && tab(transactions))) return false
  if (!copyTime(reading, transactions)) return false
  if (!(skip(reading, RECORDED_AT) && tab(transactions))) return false
  if (!copyTime(reading, transactions)) return false
  if (!(skip(reading, ENTRIES) && tab(transactions))) return false
  return writeEntries(reading, place) && writeRest(reading, message)
}

function readHeaders(reading: PlainReading, { bytes, headers, headersCount }: RawMessage): boolean {
  Object.assign(reading, { bytes, eventIdStart: 0, eventIdEnd: 0, traceStart: 0, traceEnd: 0 })
  let isTransaction = false
  for (let place = 0; place < 4 * headersCount; place += 4) {
    const [start = 0, behind = 0] = [headers[place], headers[place + 1]]
    const [from = 0, to = 0] = [headers[place + 2], headers[place + 3]]
    if (isSame(bytes, TYPE_HEADER, start, behind)) isTransaction = isSame(bytes, TYPE, from, to)
    if (isSame(bytes, ID_HEADER, start, behind)) {
      reading.eventIdStart = from
      reading.eventIdEnd = to
    }
    if (isSame(bytes, TRACE_HEADER, start, behind)) {
      reading.traceStart = from
      reading.traceEnd = to
    }
  }
  return isTransaction
}

/** Whether the event's id is that of the reference which lies between `start` and here. */
function isIdOf({ bytes, at, eventIdStart, eventIdEnd }: PlainReading, start: number): boolean {
  const from = eventIdStart + ID_PREFIX.length
  return (
    eventIdEnd - from === at - start &&
    isSame(bytes, ID_PREFIX, eventIdStart, from) &&
    areSame(bytes, from, start, at - start)
  )
}

/** Two entries, one the other's negative. */
function writeEntries(reading: PlainReading, place: string): boolean {
  if (!writeEntry(reading, place)) return false
  const { bytes, amountStart, amountEnd, assetStart, assetEnd } = reading
  if (!skip(reading, NEXT_ENTRY) || !writeEntry(reading, place)) return false
  if (!skip(reading, ENTRIES_END)) return false
  const isNegative = bytes[amountStart] === MINUS
  if (isNegative === (bytes[reading.amountStart] === MINUS)) return false
  const digits = amountStart + (isNegative ? 1 : 0)
  const otherDigits = reading.amountStart + (isNegative ? 0 : 1)
  return (
    amountEnd - digits === reading.amountEnd - otherDigits &&
    areSame(bytes, digits, otherDigits, amountEnd - digits) &&
    assetEnd - assetStart === reading.assetEnd - reading.assetStart &&
    areSame(bytes, assetStart, reading.assetStart, assetEnd - assetStart)
  )
}

function writeEntry(reading: PlainReading, place: string): boolean {
  const { bytes, lines } = reading
  const { entries } = lines
  const account = readAccount(reading)
  if (account === undefined) return false
  reading.amountStart = reading.at
  if (!passAmount(reading)) return false
  reading.amountEnd = reading.at
  putAscii(entries, place)
  tab(entries)
  putAscii(entries, account)
  if (!(skip(reading, VERSION) && tab(entries))) return false
  if (!copyWhole(reading, entries, VERSION_DIGITS_MAX)) return false
  tab(entries)
  copyRange(bytes, entries, reading.idStart, reading.idEnd)
  tab(entries)
  copyRange(bytes, entries, reading.amountStart, reading.amountEnd)
  if (!(skip(reading, BALANCE) && tab(entries))) return false
  const start = reading.at
  if (bytes[start] === DIGIT_0) reading.at += 1
  else if (!passAmount(reading)) return false
  copyRange(bytes, entries, start, reading.at)
  entries.bytes[entries.length++] = LINE_FEED
  return true
}

/** The number of an account; moves on to the amount. */
function readAccount(reading: PlainReading): string | undefined {
  const { bytes, accounts } = reading
  const ownerStart = reading.at
  if (!passText(reading)) return undefined
  const ownerEnd = reading.at
  if (!skip(reading, ACCOUNT)) return undefined
  const codeStart = reading.at
  if (!passText(reading)) return undefined
  const codeEnd = reading.at
  if (!skip(reading, ASSET)) return undefined
  reading.assetStart = reading.at
  if (!passText(reading)) return undefined
  reading.assetEnd = reading.at
  // The last quote is a part of the name: see `accountName`.
  let nameEnd = reading.at + 1
  let shardStart = nameEnd
  if (skip(reading, SHARD)) {
    shardStart = reading.at
    if (!passWhole(reading, SHARD_DIGITS_MAX)) return undefined
    nameEnd = reading.at
    if (!skip(reading, AMOUNT_AFTER_SHARD)) return undefined
  } else if (!skip(reading, AMOUNT)) return undefined
  const text = (start: number, end: number) => bytes.toString('latin1', start, end)
  const known = accounts.named(text(ownerStart, nameEnd))
  if (known !== undefined) return known
  return accounts.numberOf({
    owner: text(ownerStart, ownerEnd),
    account: text(codeStart, codeEnd),
    asset: text(reading.assetStart, reading.assetEnd),
    shard: Number(text(shardStart, nameEnd)),
  })
}

/** The owner, the trace, what it takes back, and what a plain one has none of. */
function writeRest(reading: PlainReading, { keyStart, keyEnd }: RawMessage): boolean {
  const { bytes, lines, traceStart, traceEnd } = reading
  const { transactions } = lines
  if (keyStart === keyEnd || !isPlain(bytes, keyStart, keyEnd)) return false
  if (!isPlain(bytes, traceStart, traceEnd)) return false
  copyRange(bytes, transactions, keyStart, keyEnd)
  tab(transactions)
  if (traceEnd === 0) putAscii(transactions, NULL)
  else copyRange(bytes, transactions, traceStart, traceEnd)
  tab(transactions)
  if (skip(reading, REVERSES)) {
    if (!copyText(reading, transactions) || !skip(reading, REVERSES_END)) return false
  } else putAscii(transactions, NULL)
  if (!skip(reading, END) || reading.at !== reading.end) return false
  putAscii(transactions, NOTHING_ELSE)
  return true
}

/** Writes a tab; always true. */
function tab(into: LineBuffer): true {
  into.bytes[into.length++] = TAB
  return true
}

function copyRange(bytes: Buffer, into: LineBuffer, start: number, behind: number): void {
  const { bytes: to } = into
  let place = into.length
  for (let from = start; from < behind; from += 1) to[place++] = bytes[from] as number
  into.length = place
}

function copyText(reading: PlainReading, into: LineBuffer): boolean {
  const start = reading.at
  if (!passText(reading)) return false
  copyRange(reading.bytes, into, start, reading.at)
  return true
}

function copyWhole(reading: PlainReading, into: LineBuffer, digitsMax: number): boolean {
  const start = reading.at
  if (!passWhole(reading, digitsMax)) return false
  copyRange(reading.bytes, into, start, reading.at)
  return true
}

function copyTime(reading: PlainReading, into: LineBuffer): boolean {
  const start = reading.at
  if (!passTime(reading)) return false
  copyRange(reading.bytes, into, start, reading.at)
  return true
}
