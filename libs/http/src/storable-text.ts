/** NUL, which PostgreSQL holds in no text, and what takes the place of bytes that are no UTF-8. */
const NOT_STORED = /[\0\ufffd]/

/** Whether a text is read back as it was stored: Unicode as RFC 3629 has it, and no NUL. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !NOT_STORED.test(text)

/** What JSON says that any other text is made of. */
const SUSPECT = /\\u(?:0000|fffd|d[89a-f])|\ufffd/i

/**
 * Whether a JSON text holds only texts that are read back as they were stored; `value` is what it
 * was parsed to, and is walked only where the text looks as if it did not.
 */
export const holdsStorable = (json: string, value: unknown): boolean =>
  !SUSPECT.test(json) || isAllStorable(value)

function isAllStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, each]) => isStorable(key) && isAllStorable(each))
}
