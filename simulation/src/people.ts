import { fakeAddress } from '@coffer/deposits/testing/fake-chain'
import type { Address } from '@coffer/evm/address'

/** Somebody who may be paid; their address is watched once it is registered. */
export type Person = { address: Address; owner: string }

export const PEOPLE: readonly Person[] = Array.from({ length: 12 }, (_, number) => ({
  address: fakeAddress(0x1000 + number),
  owner: `00000000-0000-7000-8000-${(0x1000 + number).toString(16).padStart(12, '0')}`,
}))

const OWNERS = new Map(PEOPLE.map(({ address, owner }) => [address, owner]))

export const ownerOf = (address: Address): string => OWNERS.get(address) ?? ''
