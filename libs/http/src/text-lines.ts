/** One line of a text, with its number from 1. */
export type TextLine = { number: number; text: string } | { number: number; tooLong: true }

/**
 * Splits a stream of UTF-8 into lines without ever holding more than one piece and one line of it.
 * Of a line beyond `lengthMax` characters only its number is told. Blank lines are left out.
 */
export async function* textLines(
  stream: AsyncIterable<Uint8Array>,
  lengthMax: number,
): AsyncGenerator<TextLine> {
  // Takes a byte order mark away and puts U+FFFD for bytes that are not UTF-8.
  const decoder = new TextDecoder('utf-8')
  let number = 0
  let rest = ''
  let skipping = false
  const line = (text: string): TextLine | undefined => {
    number += 1
    const tooLong = skipping || text.length > lengthMax
    skipping = false
    if (tooLong) return { number, tooLong }
    const trimmed = text.trim()
    return trimmed === '' ? undefined : { number, text: trimmed }
  }
  for await (const bytes of stream) {
    const pieces = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = pieces.pop() ?? ''
    for (const piece of pieces) {
      const found = line(piece)
      if (found) yield found
    }
    if (rest.length > lengthMax) {
      skipping = true
      rest = ''
    }
  }
  const last = line(rest + decoder.decode())
  if (last) yield last
}
