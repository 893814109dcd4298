import { HDKey } from '@scure/bip32'
import { expect, test } from 'vitest'
import { newPrivateKey, readSecret } from './read-secret.ts'
import { HOT_KEY, xprv } from './testing/signing-requests.ts'

test('reads a key with and without 0x, and an extended one of both depths', () => {
  const key = { kind: 'key', privateKey: HOT_KEY }
  expect(readSecret(`${HOT_KEY}\n`)).toEqual(key)
  expect(readSecret(HOT_KEY.slice(2).toUpperCase())).toEqual(key)
  expect(readSecret(xprv)).toEqual({ kind: 'hd', xprv })
  const account = HDKey.fromMasterSeed(new Uint8Array(32)).derive("m/44'/60'/0'")
  const receiving = account.deriveChild(0).privateExtendedKey
  expect(readSecret(account.privateExtendedKey)).toEqual({ kind: 'hd', xprv: receiving })
})

test.each([
  ['nothing', ''],
  ['a key that is too short', HOT_KEY.slice(0, -1)],
  ['a public key', HDKey.fromExtendedKey(xprv).publicExtendedKey],
  ['a key of the root', HDKey.fromMasterSeed(new Uint8Array(32)).privateExtendedKey],
])('refuses %s, and quotes nothing of it', (_, text) => {
  expect(() => readSecret(text)).toThrow(expect.objectContaining({ code: 'SIGNER_SECRET' }))
  expect(() => readSecret(text)).not.toThrow(text.slice(0, 30) || 'undefined')
})

test('new keys are new', () => {
  expect(newPrivateKey()).not.toBe(newPrivateKey())
})
