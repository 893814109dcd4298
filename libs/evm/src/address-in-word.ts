const [QUOTE, ZERO, LOWER_X] = [0x22, 0x30, 0x78]
/** Characters of a word with its `0x`, and before the digits of an address that it holds. */
const [WORD_TEXT, PADDING_TEXT] = [66, 26]

/**
 * Where the 40 digits of an address begin in the word whose text begins at `place`: behind `0x` and
 * 24 zeros. -1 where there is no such word. Whether they are hex digits is not looked at.
 */
export function addressInWord(bytes: Uint8Array, place: number): number {
  if (bytes[place] !== ZERO || bytes[place + 1] !== LOWER_X) return -1
  if (bytes[place + WORD_TEXT] !== QUOTE) return -1
  const first = place + PADDING_TEXT
  for (let at = first - 1; at > place + 1; at--) if (bytes[at] !== ZERO) return -1
  return first
}
