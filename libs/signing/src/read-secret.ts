import { AppError } from '@coffer/errors/app-error'
import { HDKey } from '@scure/bip32'
import { generatePrivateKey } from 'viem/accounts'
import type { KeystoreSecret } from './keystore-file.ts'
import type { Hex } from './ports.ts'

/** A key that nobody has had before. */
export const newPrivateKey = (): Hex => generatePrivateKey()

/** Depth of `m/44'/60'/0'/0`, from which addresses are `index`. BIP-44. */
const RECEIVING_DEPTH = 4

/**
 * Reads a private key in hex, or the extended private key that the addresses of an HD wallet branch
 * off from or that of its account. Throws {@link SecretError}, which quotes nothing.
 */
export function readSecret(source: string): KeystoreSecret {
  const text = source.trim()
  const [, digits] = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  if (digits !== undefined) return { kind: 'key', privateKey: `0x${digits.toLowerCase()}` }
  const key = extendedKey(text)
  const receiving = key.depth === RECEIVING_DEPTH ? key : key.deriveChild(0)
  return { kind: 'hd', xprv: receiving.privateExtendedKey }
}

function extendedKey(text: string): HDKey {
  let key: HDKey
  try {
    key = HDKey.fromExtendedKey(text)
  } catch {
    throw new SecretError('it is neither 64 hex digits nor an extended private key (xprv…)')
  }
  if (key.privateKey === null) throw new SecretError('it is an extended public key')
  if (key.depth !== RECEIVING_DEPTH && key.depth !== RECEIVING_DEPTH - 1) {
    throw new SecretError(
      `its depth is ${key.depth}; expected that of an account (m/44'/60'/0', depth 3) or of its ` +
        "receiving chain (m/44'/60'/0'/0, depth 4)",
    )
  }
  return key
}

/** What is to be imported is no key. */
export class SecretError extends AppError {
  readonly code = 'SIGNER_SECRET'

  constructor(problem: string) {
    super(`Can't import the key: ${problem}.`, { retry: 'never' })
  }
}
