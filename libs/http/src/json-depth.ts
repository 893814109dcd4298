/** Deeper than anything the API takes. */
export const JSON_DEPTH_MAX = 32

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Whether arrays and objects of a JSON text are nested deeper than `depthMax`. It looks before
 * anybody parses, at each character once, and stops at the first that is too deep.
 */
export function isDeeperThan(text: string, depthMax: number): boolean {
  // Hardly any text opens so many at all.
  if (count(text, '{', depthMax) + count(text, '[', depthMax) <= depthMax) return false
  let depth = 0
  let isText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) isText = !isText
    else if (code === BACKSLASH) at += 1
    else if (isText) continue
    // [ and {, ] and }
    else if (code === 0x5b || code === 0x7b) depth += 1
    else if (code === 0x5d || code === 0x7d) depth -= 1
    if (depth > depthMax) return true
  }
  return false
}

/** How often `text` has a character; more than `enough` are not counted. */
function count(text: string, character: string, enough: number): number {
  let found = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    found += 1
    if (found > enough) break
  }
  return found
}
