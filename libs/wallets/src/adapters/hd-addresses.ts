import { AppError } from '@coffer/errors/app-error'
import { parseAddress } from '@coffer/evm/address'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { HDKey } from '@scure/bip32'
import { publicKeyToAddress } from 'viem/accounts'
import type { AddressSource } from '../ports.ts'

/** Depth of `m/44'/60'/0'`, from which receiving addresses are `0/index`. BIP-44. */
const ACCOUNT_DEPTH = 3

/** Depth of `m/44'/60'/0'/0`, from which they are `index`. */
const RECEIVING_DEPTH = 4

/**
 * Derives receiving addresses from an extended public key by BIP-32 and BIP-44, so that whoever
 * hands out addresses can't spend from them. Throws {@link XpubError}, above all for a private key.
 */
export function hdAddresses(xpub: string): AddressSource {
  if (/^[a-z]prv/i.test(xpub)) {
    throw new XpubError(
      'it is an extended PRIVATE key, with which every deposit can be spent. Give the extended ' +
        'public key of the same account (xpub…), and treat the private one as exposed',
    )
  }
  const receiving = receivingKey(xpub)
  return {
    addressAt(index) {
      const { publicKey } = receiving.deriveChild(index)
      if (publicKey === null) throw new Error(`No public key at index ${index}.`)
      const uncompressed = secp256k1.Point.fromBytes(publicKey).toHex(false)
      return parseAddress(publicKeyToAddress(`0x${uncompressed}`))
    },
  }
}

function receivingKey(xpub: string): HDKey {
  const key = readKey(xpub)
  if (key.privateKey !== null) throw new XpubError('it holds a private key')
  if (key.depth === RECEIVING_DEPTH) return key
  if (key.depth === ACCOUNT_DEPTH) return key.deriveChild(0)
  throw new XpubError(
    `its depth is ${key.depth}. Expected the key of an account (m/44'/60'/0', depth 3) or of its ` +
      "receiving chain (m/44'/60'/0'/0, depth 4)",
  )
}

function readKey(xpub: string): HDKey {
  try {
    return HDKey.fromExtendedKey(xpub)
  } catch {
    // The library's own message is left out: it may quote what it was given.
    throw new XpubError('it is not an extended public key. Expected base58 that begins with xpub')
  }
}

/** The key that addresses are to be derived from is not one. It is never quoted. */
export class XpubError extends AppError {
  readonly code = 'XPUB_INVALID'

  constructor(problem: string) {
    super(`Invalid XPUB: ${problem}.`, { retry: 'never' })
  }
}
