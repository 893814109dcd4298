/** What is being read byte by byte, and how far it was. */
export type Reading = { bytes: Buffer; at: number; end: number }

export const [MINUS, DIGIT_0] = [0x2d, 0x30] as const
const [QUOTE, BACKSLASH, DIGIT_9] = [0x22, 0x5c, 0x39] as const
const [FIRST_PLAIN, LAST_PLAIN] = [0x20, 0x7e] as const

/** Digits of `numeric(96, 0)`. */
const AMOUNT_DIGITS_MAX = 96

export const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')

/** Whether `text` is what lies between the two places. */
export function isSame(bytes: Buffer, text: Buffer, start: number, behind: number): boolean {
  if (behind - start !== text.length) return false
  for (let place = 0; place < text.length; place += 1) {
    if (bytes[start + place] !== text[place]) return false
  }
  return true
}

/** Whether the same lies at both places. */
export function areSame(bytes: Buffer, one: number, other: number, length: number): boolean {
  for (let place = 0; place < length; place += 1) {
    if (bytes[one + place] !== bytes[other + place]) return false
  }
  return true
}

/** Moves behind `text`, if it lies here. */
export function skip(reading: Reading, text: Buffer): boolean {
  if (!isSame(reading.bytes, text, reading.at, reading.at + text.length)) return false
  reading.at += text.length
  return true
}

/** ASCII that means what it is, in JSON and in COPY alike. */
const isPlainByte = (byte = 0): boolean =>
  byte >= FIRST_PLAIN && byte <= LAST_PLAIN && byte !== BACKSLASH

export function isPlain(bytes: Buffer, start: number, behind: number): boolean {
  for (let place = start; place < behind; place += 1) {
    if (!isPlainByte(bytes[place])) return false
  }
  return true
}

/** Moves to the end of a plain text that is not empty. */
export function passText(reading: Reading): boolean {
  const { bytes, at: start, end } = reading
  let at = start
  while (at < end && bytes[at] !== QUOTE) {
    if (!isPlainByte(bytes[at])) return false
    at += 1
  }
  reading.at = at
  return at > start
}

const isDigit = (byte = 0): boolean => byte >= DIGIT_0 && byte <= DIGIT_9

/** Moves behind digits of which the first is no 0. */
export function passWhole(reading: Reading, digitsMax: number): boolean {
  const { bytes, at: start, end } = reading
  let at = start
  if (bytes[at] === DIGIT_0) return false
  while (at < end && isDigit(bytes[at])) at += 1
  reading.at = at
  return at > start && at - start <= digitsMax
}

/** Moves behind an amount that is not 0. */
export function passAmount(reading: Reading): boolean {
  if (reading.bytes[reading.at] === MINUS) reading.at += 1
  return passWhole(reading, AMOUNT_DIGITS_MAX)
}

/** Where the digits and signs of a time are, as `toISOString` writes it. */
const TIME = ascii('0000-00-00T00:00:00.000Z')
const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Moves behind a time, unless it is of a day that only some years have. */
export function passTime(reading: Reading): boolean {
  const { bytes, at: start } = reading
  for (let place = 0; place < TIME.length; place += 1) {
    const [byte, sign] = [bytes[start + place], TIME[place]]
    if (sign === DIGIT_0 ? !isDigit(byte) : byte !== sign) return false
  }
  const two = (place: number): number =>
    10 * (bytes[start + place] ?? 0) + (bytes[start + place + 1] ?? 0) - 11 * DIGIT_0
  reading.at += TIME.length
  const [day, month] = [two(8), two(5)]
  // The years 0 to 99 are other years to some.
  if (two(0) === 0 || day < 1 || day > (DAYS[month] ?? 0)) return false
  return two(11) < 24 && two(14) < 60 && two(17) < 60
}
