import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Signer as SigningProcess } from '@coffer/signing/ports'
import { sql } from 'drizzle-orm'
import type { Signer } from '../ports.ts'

/** Tells whoever signs at which place of the HD wallet the address is that sends, or gets gas. */
export const derivedSigner = (signer: SigningProcess, postgres: Postgres): Signer => ({
  addresses: () => signer.addresses(),
  async sign(request) {
    const { chain, from, purpose, transaction } = request
    if (purpose === 'payout' || purpose === 'cold') return await signer.sign(request)
    const address = purpose === 'top-up' ? transaction.to : from
    const derivationIndex = await placeOf(postgres, chain, address)
    if (derivationIndex === undefined) return await signer.sign(request)
    return await signer.sign({ ...request, derivationIndex })
  },
})

async function placeOf(
  postgres: Postgres,
  chain: ChainId,
  address: Address,
): Promise<number | undefined> {
  const [found] = await postgres.execute<{ place: string | null }>(sql`
    select derivation_index as place from wallets.addresses
    where chain = ${chain} and address = ${Buffer.from(address.slice(2), 'hex')}`)
  const place = found?.place ?? null
  return place === null ? undefined : Number(place)
}
