import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError } from '@coffer/errors/app-error'
import { type Address, parseAddress } from '@coffer/evm/address'
import { HDKey } from '@scure/bip32'
import { Keystore } from 'ox'
import { privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import type { Hex } from './ports.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** What a keystore holds: a private key, or the extended one that addresses branch off from. */
export type KeystoreSecret = { kind: 'key'; privateKey: Hex } | { kind: 'hd'; xprv: string }

type ScryptCost = { n: number; r: number; p: number }

/** As geth has it: a guess takes a second and 256 MiB. */
const SCRYPT: ScryptCost = { n: 262_144, r: 8, p: 1 }

const hex = z.string().regex(/^([0-9a-fA-F]{2})+$/)

/** Web3 Secret Storage, version 3. An HD wallet's has a secret that is longer than a key. */
const keystoreSchema = z.object({
  version: z.literal(3),
  id: z.string(),
  address: z.string().optional(),
  crypto: z.object({
    cipher: z.literal('aes-128-ctr'),
    ciphertext: hex,
    cipherparams: z.object({ iv: hex }),
    kdf: z.literal('scrypt'),
    kdfparams: z.object({
      dklen: z.literal(32),
      n: z
        .int()
        .min(2)
        .max(2 ** 21),
      r: z.int().min(1).max(64),
      p: z.int().min(1).max(64),
      salt: hex,
    }),
    mac: hex,
  }),
})

/** Encrypts `secret` into a new file of mode 0600. Throws `PrivateFileError` if there is one. */
export async function writeKeystore(
  path: string,
  secret: KeystoreSecret,
  { password, cost = SCRYPT }: { password: string; cost?: ScryptCost },
): Promise<Address> {
  const [salt, iv] = [randomBytes(32), randomBytes(16)]
  const kdfparams = { dklen: 32, ...cost, salt: salt.toString('hex') }
  const key = await deriveKey(password, { ...cost, salt })
  const bytes = secret.kind === 'key' ? secret.privateKey : text(secret.xprv)
  const keystore = Keystore.encrypt(bytes, key, { kdf: 'scrypt', kdfparams, iv })
  const address = addressOf(secret)
  await writePrivateFile(path, `${JSON.stringify({ address: address.slice(2), ...keystore })}\n`)
  return address
}

/** Decrypts a keystore. Throws {@link KeystoreError}, which quotes nothing that it read. */
export async function readKeystore(path: string, password: string): Promise<KeystoreSecret> {
  const keystore = await parseKeystore(path)
  const bytes = decrypt(path, keystore, await keyOf(keystore, password))
  const isKey = bytes.length === 32
  const secret: KeystoreSecret = isKey
    ? { kind: 'key', privateKey: `0x${Buffer.from(bytes).toString('hex')}` }
    : { kind: 'hd', xprv: Buffer.from(bytes).toString('utf8') }
  if (keystore.address !== undefined && `0x${keystore.address}` !== addressOf(secret, path)) {
    throw new KeystoreError(path, 'it names another address than its key has')
  }
  return secret
}

/**
 * The address that a keystore says it has, without its password: of an HD wallet the one of its
 * first place. Throws {@link KeystoreError}.
 */
export async function keystoreAddress(path: string): Promise<Address> {
  const { address } = await parseKeystore(path)
  if (address === undefined) throw new KeystoreError(path, 'it names no address')
  return parseAddress(`0x${address}`)
}

async function parseKeystore(path: string): Promise<z.output<typeof keystoreSchema>> {
  const source = await readPrivateFile(path)
  try {
    return keystoreSchema.parse(JSON.parse(source))
  } catch {
    // What could not be read may be a key in the clear.
    throw new KeystoreError(path, 'it is no Web3 Secret Storage of version 3 with scrypt')
  }
}

function decrypt(
  path: string,
  keystore: z.output<typeof keystoreSchema>,
  key: Keystore.Key,
): Uint8Array {
  try {
    return Keystore.decrypt(keystore as Keystore.Keystore, key, { as: 'Bytes' })
  } catch {
    throw new KeystoreError(path, 'the password is not the one that it was encrypted with')
  }
}

function addressOf(secret: KeystoreSecret, path = 'the new keystore'): Address {
  try {
    if (secret.kind === 'key')
      return privateKeyToAddress(secret.privateKey).toLowerCase() as Address
    const { privateKey } = HDKey.fromExtendedKey(secret.xprv).deriveChild(0)
    return privateKeyToAddress(
      `0x${Buffer.from(privateKey ?? []).toString('hex')}`,
    ).toLowerCase() as Address
  } catch {
    throw new KeystoreError(path, 'it holds neither a private key nor an extended private key')
  }
}

async function keyOf(
  keystore: z.output<typeof keystoreSchema>,
  password: string,
): Promise<Keystore.Key> {
  const { n, r, p, salt } = keystore.crypto.kdfparams
  // OpenSSL keeps to RFC 7914, which some wallets do not.
  if (n >= 2 ** (16 * r)) return Keystore.toKey(keystore as Keystore.Keystore, { password })
  return deriveKey(password, { n, r, p, salt: Buffer.from(salt, 'hex') })
}

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt)

/** By OpenSSL: the library's own takes many times as long. */
async function deriveKey(
  password: string,
  { n, r, p, salt }: ScryptCost & { salt: Buffer },
): Promise<Hex> {
  const options = { N: n, r, p, maxmem: 256 * n * r + 1_048_576 }
  return `0x${(await derive(password.normalize('NFKC'), salt, 32, options)).toString('hex')}`
}

const text = (value: string): Hex => `0x${Buffer.from(value, 'utf8').toString('hex')}`

/** A keystore can't be opened. */
export class KeystoreError extends AppError {
  readonly code = 'SIGNER_KEYSTORE'

  constructor(path: string, problem: string) {
    super(`Can't open the keystore ${path}: ${problem}.`, { retry: 'never', details: { path } })
  }
}
