import type { Address } from '@coffer/evm/address'
import { socketSigner } from '@coffer/signing/socket-signer'

/** A signer that starts at the same time takes some seconds. */
const ATTEMPTS = 60

/** What the signer at `socket` signs for. Throws `SignerUnavailableError` if none comes. */
export async function hotWallets(socket: string): Promise<Address[]> {
  using signer = socketSigner(socket, { attempts: ATTEMPTS })
  return await signer.addresses()
}
