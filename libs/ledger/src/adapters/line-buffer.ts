/** Lines for COPY that are being written, as bytes. */
export type LineBuffer = { bytes: Buffer; length: number }

const FIRST_SIZE = 64 * 1024

export const lineBuffer = (): LineBuffer => ({ bytes: Buffer.alloc(0), length: 0 })

/** Makes room for `size` more bytes. */
export function makeRoom(lines: LineBuffer, size: number): void {
  if (lines.length + size <= lines.bytes.length) return
  const grown = Buffer.allocUnsafe(
    Math.max(2 * lines.bytes.length, lines.length + size, FIRST_SIZE),
  )
  lines.bytes.copy(grown, 0, 0, lines.length)
  lines.bytes = grown
}

/** Writes text that fits nowhere else. */
export function writeText(lines: LineBuffer, text: string): void {
  makeRoom(lines, 3 * text.length)
  lines.length += lines.bytes.write(text, lines.length)
}

/** Writes text of which every character is ASCII, where there is room for it. */
export function putAscii(lines: LineBuffer, text: string): void {
  const { bytes } = lines
  let to = lines.length
  for (let place = 0; place < text.length; place += 1) bytes[to++] = text.charCodeAt(place)
  lines.length = to
}

/** What was written, and nothing of it is written any more: the next lines are others. */
export function takeLines(lines: LineBuffer): Buffer {
  const taken = lines.bytes.subarray(0, lines.length)
  lines.bytes = Buffer.allocUnsafe(lines.bytes.length)
  lines.length = 0
  return taken
}
