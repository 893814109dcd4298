import { InvalidArgumentError } from 'commander'

/** Reads a whole number from 0 of the command line. */
export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.')
  return Number(text)
}
