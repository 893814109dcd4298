import { HDKey } from '@scure/bip32'
import { mnemonicToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { hdAddresses, XpubError } from './hd-addresses.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const account = HDKey.fromExtendedKey(
  mnemonicToAccount(MNEMONIC, { path: "m/44'/60'/0'" }).getHdKey().privateExtendedKey,
)
const expected = (addressIndex: number): string =>
  mnemonicToAccount(MNEMONIC, { addressIndex }).address.toLowerCase()

describe('derives what a wallet with the mnemonic has at the same path', () => {
  const indices = [0, 1, 2, 1_000, 2 ** 31 - 1]

  test.each(indices)('from the key of the account, at %i', (index) => {
    expect(hdAddresses(account.publicExtendedKey).addressAt(index)).toBe(expected(index))
  })

  test.each(indices)('from the key of its receiving chain, at %i', (index) => {
    const receiving = account.deriveChild(0).publicExtendedKey

    expect(hdAddresses(receiving).addressAt(index)).toBe(expected(index))
  })
})

test('never goes on into hardened derivation, which a public key cannot do', () => {
  expect(() => hdAddresses(account.publicExtendedKey).addressAt(2 ** 31)).toThrow()
})

test('refuses a private key, says so, and never quotes it', () => {
  const secret = account.privateExtendedKey
  const attempt = () => hdAddresses(secret)

  expect(attempt).toThrow(/PRIVATE/)
  expect(attempt).not.toThrow(secret)
})

test.each([
  ['nothing', ''],
  ['a typing error', account.publicExtendedKey.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))],
  ['another coin', `z${account.publicExtendedKey.slice(1)}`],
  ['the root', HDKey.fromMasterSeed(new Uint8Array(32)).publicExtendedKey],
  ['one address alone', account.deriveChild(0).deriveChild(0).publicExtendedKey],
])('refuses %s', (_, xpub) => {
  expect(() => hdAddresses(xpub)).toThrow(XpubError)
})
