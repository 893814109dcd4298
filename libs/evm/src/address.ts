import { AppError } from '@coffer/errors/app-error'
import type { Branded } from '@coffer/money/brand'
import { getAddress } from 'viem/utils'

/** An account or contract of an EVM chain: 20 bytes as lower-case hex with `0x`. */
export type Address = Branded<`0x${string}`, 'Address'>

export const ADDRESS_BYTES = 20

/** What burns and mints name as their other side. Nobody owns it. */
export const ZERO_ADDRESS = `0x${'0'.repeat(40)}` as Address

/**
 * Reads an address in lower case, in upper case, or in mixed case with a valid EIP-55 checksum.
 * Throws {@link AddressError} that says what is wrong. https://eips.ethereum.org/EIPS/eip-55
 */
export function parseAddress(text: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new AddressError(text, 'Expected 0x and 40 hex digits.')
  }
  const digits = text.slice(2)
  const address = text.toLowerCase() as Address
  const hasChecksum = digits !== digits.toLowerCase() && digits !== digits.toUpperCase()
  if (hasChecksum && getAddress(address) !== text) {
    throw new AddressError(
      text,
      'Its letter case is not a valid EIP-55 checksum, so a digit may be wrong. Copy the address ' +
        'again from its source; if you are sure of it, send it in lower case.',
    )
  }
  return address
}

/** Reads an address that somebody may own: like {@link parseAddress}, and not the zero address. */
export function parseOwnedAddress(text: string): Address {
  const address = parseAddress(text)
  if (address === ZERO_ADDRESS) {
    throw new AddressError(text, 'The zero address belongs to nobody: what is sent there is burnt.')
  }
  return address
}

export class AddressError extends AppError {
  readonly code = 'ADDRESS_INVALID'

  constructor(received: string, problem: string) {
    super(`Invalid address ${JSON.stringify(received.slice(0, 100))}. ${problem}`, {
      retry: 'never',
      details: { received },
    })
  }
}
