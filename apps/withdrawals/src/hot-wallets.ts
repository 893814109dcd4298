import type { Address } from '@coffer/evm/address'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { socketSigner } from '@coffer/signing/socket-signer'
import { derivedSigner } from '@coffer/withdrawals/derived-signer'
import type { Signer } from '@coffer/withdrawals/ports'

/** A signer that starts at the same time takes some seconds. */
const ATTEMPTS = 60

export type HotWallets = Disposable & { signer: Signer; own: readonly Address[] }

/** The signer at `socket`, and what it signs for. Throws `SignerUnavailableError` if none comes. */
export async function hotWallets(socket: string, postgres: Postgres): Promise<HotWallets> {
  using starting = socketSigner(socket, { attempts: ATTEMPTS })
  const own = await starting.addresses()
  const signer = socketSigner(socket)
  const dispose = () => signer[Symbol.dispose]()
  return { signer: derivedSigner(signer, postgres), own, [Symbol.dispose]: dispose }
}
