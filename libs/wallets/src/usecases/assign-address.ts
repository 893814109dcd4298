import { AppError } from '@coffer/errors/app-error'
import { requireChain } from '@coffer/evm/require-chain'
import type { ChainId } from '@coffer/money/chain-id'
import type { AddressBook, AddressSource, Assignment, Owners, ScanPosition } from '../ports.ts'

export type AssignAddressOptions = {
  owners: Owners
  book: AddressBook
  /** Absent where addresses are only imported. */
  source: AddressSource | undefined
  scanPosition: ScanPosition
  chains: readonly ChainId[]
  /** Most addresses that a user is given; 0 is any number. */
  addressesMax: number
}

/** An address can be taken already only if it was imported before it was derived. */
const ATTEMPTS_MAX = 100

/** Gives a user one more address of its own on `chain`, watched from the moment it is returned. */
export function assignAddress(options: AssignAddressOptions) {
  const { owners, book, source, scanPosition, chains, addressesMax } = options
  return async (owner: string, chain: ChainId): Promise<Assignment> => {
    requireChain(chain, chains)
    if (source === undefined) throw new AddressSourceMissingError()
    if ((await owners.find(owner)) === undefined) throw new UserUnknownError(owner)
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const derivationIndex = await book.nextIndex()
      const address = source.addressAt(derivationIndex)
      const watchedFrom = await scanPosition(chain)
      const assignment = { owner, chain, address, derivationIndex, watchedFrom }
      const outcome = await book.assign(assignment, addressesMax)
      if (outcome === 'assigned') return assignment
      if (outcome === 'full') throw new AddressesMaxError(owner, addressesMax)
    }
    throw new Error(`${ATTEMPTS_MAX} derived addresses in a row are registered already.`)
  }
}

/** Nobody is given addresses without end. */
export class AddressesMaxError extends AppError {
  readonly code = 'ADDRESSES_MAX'

  constructor(owner: string, addressesMax: number) {
    super(
      `User ${owner} has ${addressesMax} addresses, which is as many as may be. Use one of them: ` +
        'GET /v1/users/{id}/addresses lists them.',
      { retry: 'never', details: { owner, addressesMax } },
    )
  }
}

export class UserUnknownError extends AppError {
  readonly code = 'USER_UNKNOWN'

  constructor(id: string) {
    super(`No user has the id ${JSON.stringify(id)}. POST /v1/users makes one.`, {
      retry: 'never',
      details: { id },
    })
  }
}

/** Addresses can't be derived, since no extended public key is configured. */
export class AddressSourceMissingError extends AppError {
  readonly code = 'ADDRESS_SOURCE_MISSING'

  constructor() {
    super(
      'This installation derives no addresses: it is configured without XPUB. Set XPUB to the ' +
        'extended public key of an account, or import addresses with POST /v1/addresses/import.',
      { retry: 'never' },
    )
  }
}
