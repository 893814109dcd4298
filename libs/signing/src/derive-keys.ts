import type { Address } from '@coffer/evm/address'
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts'
import type { Hex } from './ports.ts'

/** A key of an HD wallet, alone and with all that branches off from it. */
export type DerivedKey = { privateKey: Hex; address: Address; xprv: string }

/** The key at `path` of the wallet of `mnemonic`, such as `m/44'/60'/0'/0/0`. BIP-32, BIP-39. */
export function deriveKey(mnemonic: string, path: `m/44'/60'/${string}`): DerivedKey {
  const key = mnemonicToAccount(mnemonic, { path }).getHdKey()
  const privateKey: Hex = `0x${Buffer.from(key.privateKey ?? []).toString('hex')}`
  const address = privateKeyToAddress(privateKey).toLowerCase() as Address
  return { privateKey, address, xprv: key.privateExtendedKey }
}
