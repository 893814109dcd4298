/** What somebody wrote as an amount, in smallest units. Throws a RangeError; nothing is rounded. */
export function unitsOf(text: string, decimals: number): string {
  const [, whole, fraction = ''] = /^(\d{1,60})(?:\.(\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || fraction.length > decimals) {
    throw new RangeError(`Expected a number with at most ${decimals} decimals, such as 12.5.`)
  }
  return BigInt(whole + fraction.padEnd(decimals, '0')).toString()
}
