import type { Address } from '@coffer/evm/address'
import { HDKey } from '@scure/bip32'
import { keystoreKey } from './keystore-key.ts'
import type { KeyRing, KmsKey } from './ports.ts'

/** Hot wallets by their keys, and an HD wallet by the extended private key of its addresses. */
export function keyRing(hotWallets: readonly KmsKey[], xprv?: string): KeyRing {
  const hot = new Map(hotWallets.map((key) => [key.address, key]))
  const root = xprv === undefined ? undefined : HDKey.fromExtendedKey(xprv)
  const derived = (address: Address, index: number | undefined): KmsKey | undefined => {
    if (root === undefined || index === undefined) return undefined
    const { privateKey } = root.deriveChild(index)
    if (privateKey === null) return undefined
    const key = keystoreKey(`0x${Buffer.from(privateKey).toString('hex')}`)
    return key.address === address ? key : undefined
  }
  return {
    addresses: [...hot.keys()],
    keyOf: (address, index) => hot.get(address) ?? derived(address, index),
    isDerived: (address, index) => derived(address, index) !== undefined,
  }
}
