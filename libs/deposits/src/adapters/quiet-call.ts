import { RECEIPT, RECEIPT_FIELDS } from '@coffer/evm/receipt-table'
import { isSameAt } from '@coffer/evm/same-bytes'
import { isText, placeIn, type ToldReceipts } from '@coffer/evm/told-receipts'
import { ADDRESS, FRAME, FRAME_FIELDS, type ToldTraces, WORD } from './told-traces.ts'

/**
 * Whether the only call of a transaction moved no coin, and says of itself all that the verified
 * receipt at `index` of its block says, byte by byte: then nobody asks for more of it, and no text
 * is made. What differs in as little as letter case is for others to hold against each other.
 */
export function isQuietCall(
  told: ToldTraces,
  row: number,
  { receipts, index }: { receipts: ToldReceipts; index: number },
): boolean {
  const frame = row * FRAME_FIELDS
  const { rows } = told
  if (rows[frame + FRAME.isRoot] !== 1 || rows[frame + FRAME.isLeaf] !== 1) return false
  if (!isFrameText(told, rows[frame + FRAME.value], NO_VALUE)) return false
  if (!isFrameText(told, rows[frame + FRAME.type], CALL)) return false
  if (!isFrameText(told, rows[frame + FRAME.callType], CALL)) return false
  const receipt = (receipts.from + index) * RECEIPT_FIELDS
  if (receipts.from + index >= receipts.to) return false
  const outcome = rows[frame + FRAME.error] === 1 ? FAILED : SUCCEEDED
  if (!isText(receipts, receipts.receipts[receipt + RECEIPT.status] ?? 0, outcome)) return false
  for (const [ofFrame, ofReceipt, length] of SAME) {
    const [one, other] = [rows[frame + ofFrame] ?? 0, receipts.receipts[receipt + ofReceipt] ?? 0]
    if (one === 0 || other === 0 || told.bytes[one + length] !== QUOTE) return false
    const there = { view: receipts.view, at: placeIn(other) }
    if (!isSameAt({ view: told.view, at: one }, there, length + 1)) return false
  }
  return true
}

/** What a call and its receipt both tell, and how long it is; with the quotation mark behind it. */
const SAME = [
  [FRAME.transactionHash, RECEIPT.transactionHash, WORD],
  [FRAME.blockHash, RECEIPT.blockHash, WORD],
  [FRAME.from, RECEIPT.from, ADDRESS],
  [FRAME.to, RECEIPT.to, ADDRESS],
] as const

const [CALL, NO_VALUE, FAILED, SUCCEEDED] = ['call', '0x0', '0x0', '0x1']
const QUOTE = 0x22

function isFrameText({ bytes }: ToldTraces, place = 0, text: string): boolean {
  if (place === 0 || bytes[place + text.length] !== QUOTE) return false
  for (let at = 0; at < text.length; at++) {
    if (bytes[place + at] !== text.charCodeAt(at)) return false
  }
  return true
}
