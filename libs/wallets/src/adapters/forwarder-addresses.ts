import type { Address } from '@coffer/evm/address'
import { keccak256 } from '@coffer/evm/keccak'

/**
 * Hash of the creation code of contracts/src/Forwarder.sol, which is `initCodeHash` of every
 * Forwarders contract.
 */
const INIT_CODE_HASH = 'e9c3f62c685c076f1dcc6ac5bb0c52fe7dbb593f2d96d2cb1ef7dd4d83c11d20'

/** Where things lie in what is hashed: 0xff, the contract, the salt, the hash. EIP-1014. */
const [CONTRACT, SALT, CODE_HASH, END] = [1, 21, 53, 85] as const

/** The last 20 of the 32 bytes of a hash are the address. */
const ADDRESS_FROM = 12

/**
 * The address of each owner's forwarder, which exists as soon as `forwarders` flushes it: what
 * `addressOf` of that contract answers for the owner's salt.
 */
export function forwarderAddresses(forwarders: Address): (owner: string) => Address {
  const input = Buffer.alloc(END)
  input.writeUInt8(0xff)
  input.write(forwarders.slice(2), CONTRACT, 'hex')
  input.write(INIT_CODE_HASH, CODE_HASH, 'hex')
  return (owner) => {
    input.write(saltDigits(owner), SALT, 'hex')
    return `0x${Buffer.from(keccak256(input).buffer, ADDRESS_FROM).toString('hex')}` as Address
  }
}

/** The salt of an owner's forwarder: the 16 bytes of its UUID, and as many zeros. */
export const forwarderSalt = (owner: string): `0x${string}` =>
  `0x${saltDigits(owner).padEnd(64, '0')}`

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function saltDigits(owner: string): string {
  // Whatever is written short would leave a part of another owner's salt.
  if (!UUID.test(owner)) throw new RangeError(`Expected a UUID in lower case, got ${owner}.`)
  return owner.replaceAll('-', '')
}
