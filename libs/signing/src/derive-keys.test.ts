import { mnemonicToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { deriveKey } from './derive-keys.ts'
import { keyRing } from './key-ring.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'

test('derives what a wallet with the mnemonic has at the same path', () => {
  const { address } = deriveKey(MNEMONIC, "m/44'/60'/0'/0/7")

  expect(address).toBe(mnemonicToAccount(MNEMONIC, { addressIndex: 7 }).address.toLowerCase())
})

test('an HD wallet has its addresses at their places, and nowhere else', () => {
  const ring = keyRing([], deriveKey(MNEMONIC, "m/44'/60'/0'/0").xprv)
  const { address } = deriveKey(MNEMONIC, "m/44'/60'/0'/0/7")

  expect(ring.keyOf(address, 7)?.address).toBe(address)
  expect(ring.keyOf(address, 8)).toBeUndefined()
  expect(ring.keyOf(address)).toBeUndefined()
  expect(ring.isDerived(address, 7)).toBe(true)
  expect(ring.isDerived(address, undefined)).toBe(false)
  expect(ring.addresses).toEqual([])
})
