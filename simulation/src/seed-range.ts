/** The seeds that `text` names: `7`, or `1..200`, both ends included. */
export function seedRange(text: string): number[] {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? []
  const [from, to] = [Number(first), Number(last)]
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || to < from) {
    throw new RangeError(`Invalid seeds ${JSON.stringify(text)}. Expected 7, or 1..200.`)
  }
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
