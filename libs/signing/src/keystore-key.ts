import type { Address } from '@coffer/evm/address'
import { privateKeyToAddress, sign } from 'viem/accounts'
import type { Hex, KmsKey } from './ports.ts'

/** A key that is in this process's memory, decrypted. Nothing that it returns or throws has it. */
export function keystoreKey(privateKey: Hex): KmsKey {
  return {
    address: privateKeyToAddress(privateKey).toLowerCase() as Address,
    async sign(digest) {
      const { r, s, yParity } = await sign({ hash: digest, privateKey })
      return { r, s, yParity: yParity === 0 ? 0 : 1 }
    },
  }
}
