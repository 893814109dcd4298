import { AppError } from '@coffer/errors/app-error'
import { addressInWord } from './address-in-word.ts'
import { textIn } from './json-reader.ts'
import type { BodyReader } from './json-rpc.ts'
import {
  LOG_FIELDS,
  RECEIPT,
  RECEIPT_FIELDS,
  type ReceiptsAnswer,
  type ReceiptTable,
  readReceipts,
  receiptTable,
} from './receipt-table.ts'
import { tableRoot } from './receipts-root.ts'
import { TAPE_MEMORY_FIRST } from './rlp-tape.ts'
import { isSameAt, viewOf } from './same-bytes.ts'

/**
 * The receipts of one block as a node told them, in the bytes that they came in: a text is made
 * when somebody asks for it. Its rows are those of {@link ReceiptTable}, and so are its places,
 * which {@link textOf} takes.
 */
export type ToldReceipts = Pick<ReceiptTable, 'receipts' | 'logs'> & {
  body: Buffer
  /** The same bytes, of which several are compared at once. */
  view: DataView
  /** The rows of the block's receipts: from `from` to before `to`. */
  from: number
  to: number
  /** The root that they make up. Throws what is wrong with a receipt that makes up none. */
  root: () => `0x${string}`
}

export type ReadReceiptsOptions = {
  /** Whether anybody will ask for the root, which is computed while the answer is at hand. */
  root: boolean
}

/** One for all: what is read is hashed at once and then kept elsewhere. */
let table: ReceiptTable | undefined

/**
 * Reads answers to `eth_getBlockReceipts`, as many as there are in a body; `null` is that of a node
 * that doesn't have the block. Throws `JsonFormatError`.
 */
export function toldReceipts({ root }: ReadReceiptsOptions): BodyReader<ToldReceipts | null> {
  return (body, calls) => {
    table ??= receiptTable()
    const answers = readReceipts(table, body)
    const places = {
      ...{ body, view: viewOf(body) },
      receipts: table.receipts.slice(0, table.receiptCount * RECEIPT_FIELDS),
      logs: table.logs.slice(0, table.logCount * LOG_FIELDS),
    }
    const told = new Array<ToldReceipts | null | undefined>(calls.length)
    for (const answer of answers) {
      if (answer.result === 'other' || answer.id >= calls.length) return undefined
      const { id, from, to, result } = answer
      told[id] = result === 'none' ? null : { ...places, from, to, root: rootOf(answer, root) }
    }
    return told.includes(undefined) ? undefined : (told as (ToldReceipts | null)[])
  }
}

/**
 * The text at a place; `undefined` when the place is none. One that is mostly of a length is found
 * sooner with it: no hex has a quotation mark in it.
 */
export function textOf(
  { body }: Pick<ToldReceipts, 'body'>,
  place: number,
  length = 0,
): string | undefined {
  if (place === 0) return undefined
  const first = place - TAPE_MEMORY_FIRST
  const isMostly = length > 0 && body[first + length] === QUOTE
  const text = isMostly ? body.toString('latin1', first, first + length) : textIn(body, first)
  return isMostly && text.includes('"') ? textIn(body, first) : text
}

/** Where in {@link ToldReceipts.body} a place is. */
export const placeIn = (place: number): number => place - TAPE_MEMORY_FIRST

/** Whether this text is at a place. */
export function isText({ body }: Pick<ToldReceipts, 'body'>, place: number, text: string): boolean {
  const first = place - TAPE_MEMORY_FIRST
  if (place === 0 || body[first + text.length] !== QUOTE) return false
  for (let at = 0; at < text.length; at++) {
    if (body[first + at] !== text.charCodeAt(at)) return false
  }
  return true
}

/** Whether this hex is at a place, in whatever letter case; `hex` is in lower case. */
export function isHex({ body }: Pick<ToldReceipts, 'body'>, place: number, hex: string): boolean {
  const first = place - TAPE_MEMORY_FIRST
  if (place === 0 || body[first + hex.length] !== QUOTE) return false
  for (let at = 0; at < hex.length; at++) {
    if (((body[first + at] ?? 0) | LOWER) !== hex.charCodeAt(at)) return false
  }
  return true
}

/** Where in the body the digits begin of the address in the word at a place; -1 if it has none. */
export const addressPlace = ({ body }: Pick<ToldReceipts, 'body'>, place: number): number =>
  place === 0 ? -1 : addressInWord(body, place - TAPE_MEMORY_FIRST)

/** The number at a place, as JSON-RPC writes it: `0x1f4`. NaN where there is none. */
export function numberAt({ body }: Pick<ToldReceipts, 'body'>, place: number): number {
  const first = place - TAPE_MEMORY_FIRST
  if (place === 0 || body[first] !== ZERO || body[first + 1] !== LOWER_X) return Number.NaN
  let value = 0
  for (let at = first + 2; ; at++) {
    const byte = body[at] ?? 0
    if (byte === QUOTE) return at === first + 2 ? Number.NaN : value
    const digit = DIGITS[byte] ?? Number.NaN
    value = value * 16 + digit
    if (Number.isNaN(value)) return value
  }
}

/** Whether the same text, or none, is at both places. It is compared sooner with its length. */
export function isSameText(
  { body, view }: Pick<ToldReceipts, 'body' | 'view'>,
  one: number,
  other: number,
  length = 0,
): boolean {
  if (one === 0 || other === 0) return one === other
  const first = one - TAPE_MEMORY_FIRST
  if (length > 0 && body[first + length] === QUOTE) {
    return isSameAt({ view, at: first }, { view, at: other - TAPE_MEMORY_FIRST }, length + 1)
  }
  let at = one - TAPE_MEMORY_FIRST
  const distance = other - one
  for (; body[at] !== QUOTE; at++) if (body[at] !== body[at + distance]) return false
  return body[at + distance] === QUOTE
}

/** The bit that tells a letter in lower case, and that all digits have. */
const LOWER = 0x20
/** Values of hex digits by character code. */
const DIGITS = Array.from({ length: 256 }, (_, code) =>
  Number.parseInt(String.fromCharCode(code), 16),
)
const [QUOTE, ZERO, LOWER_X] = [0x22, 0x30, 0x78]

function rootOf(answer: ReceiptsAnswer, wanted: boolean): () => `0x${string}` {
  if (!wanted || table === undefined) {
    return () => {
      throw new Error('Nobody wanted the root of these receipts.')
    }
  }
  for (let receipt = answer.from; receipt < answer.to; receipt++) {
    if (table.receipts[receipt * RECEIPT_FIELDS + RECEIPT.beginning] === 0) return noRoot
  }
  try {
    const root = tableRoot(table, answer)
    return () => root
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return () => {
      throw error
    }
  }
}

const noRoot = () => {
  throw new Error('A receipt is null.')
}
