import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import { bigintArray, bytesArray, textArray, uuidArray } from '@coffer/postgres/binary-array'
import { type Filled, fixedStatement } from '@coffer/postgres/fixed-statement'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AddressSource, ScanPosition } from '../ports.ts'
import { forwarderAddresses } from './forwarder-addresses.ts'

/** An address for a payment, which nobody watches before it is registered. */
export type PaymentAddress = {
  owner: string
  chain: ChainId
  address: Address
  watchedFrom: bigint
  derivationIndex: number | null
  forwarders: Address | null
}

/** A payment, and the merchant whom it is made for. */
export type PaymentOwner = { id: string; merchantId: string }

/** Addresses of payments, each of its own. */
export type PaymentAddresses = {
  /** Whether payments can be received on `chain`. */
  isKnown(chain: ChainId): boolean
  /** Whether what is paid to them on `chain` is known to come to us. */
  isVerified(chain: ChainId): boolean
  /** One for each owner, in their order; what is not registered afterwards is nobody's. */
  reserve(wanted: readonly { owner: string; chain: ChainId }[]): Promise<PaymentAddress[]>
  /**
   * What makes owners of the kind `payment`, with or without an address, each of the tenant that
   * its merchant is of; to be run at once, in the caller's transaction.
   */
  registration(
    owners: readonly PaymentOwner[],
    addresses: readonly PaymentAddress[],
  ): readonly Filled[]
}

export type PaymentAddressesOptions = {
  postgres: Postgres
  /** The contract that they are computed by, of each chain that has one. */
  forwarders: ReadonlyMap<ChainId, Address>
  /** Whether the contract of a chain was looked at, and is what it must be. */
  isVerified: (chain: ChainId) => boolean
  /** Where addresses come from on other chains; absent where they are only imported. */
  source: AddressSource | undefined
  scanPosition: ScanPosition
}

/** {@link PaymentAddresses} in PostgreSQL. */
export function postgresPaymentAddresses(options: PaymentAddressesOptions): PaymentAddresses {
  const { postgres, forwarders, isVerified, source, scanPosition } = options
  const computed = new Map(
    [...forwarders].map(([chain, contract]) => {
      const addressOf = forwarderAddresses(contract)
      return [chain, (owner: string) => ({ address: addressOf(owner), forwarders: contract })]
    }),
  )
  return {
    isKnown: (chain) => computed.has(chain) || source !== undefined,
    isVerified: (chain) => !computed.has(chain) || isVerified(chain),
    async reserve(wanted) {
      const chains = [...new Set(wanted.map(({ chain }) => chain))]
      const derived = wanted.filter(({ chain }) => !computed.has(chain))
      const [indices, ...positions] = await Promise.all([
        derived.length === 0 ? [] : freeIndices(postgres, requireSource(source), derived),
        ...chains.map(async (chain) => [chain, await scanPosition(chain)] as const),
      ])
      const watchedFrom = new Map(positions)
      const next = indices.values()
      return wanted.map(({ owner, chain }) => ({
        ...{ owner, chain, watchedFrom: watchedFrom.get(chain) ?? 0n },
        ...{ derivationIndex: null, forwarders: null },
        ...(computed.get(chain)?.(owner) ?? next.next().value ?? missing(owner)),
      }))
    },
    registration: (owners, addresses) => [
      ...(owners.length === 0 ? [] : [insertOwners(owners)]),
      ...(addresses.length === 0 ? [] : [insertAddresses(addresses)]),
    ],
  }
}

const insertOwners = fixedStatement<readonly PaymentOwner[]>((value) => {
  const merchants = (owners: readonly PaymentOwner[]) => owners.map(({ merchantId }) => merchantId)
  return sql`
  insert into wallets.owners (id, kind, tenant)
  select made.id, 'payment', merchant.tenant
  from unnest(
    ${value((owners) => uuidArray(owners.map(({ id }) => id)))}::uuid[],
    ${value((owners) => uuidArray(merchants(owners)))}::uuid[]
  ) as made (id, merchant_id)
  -- One by one: without statistics the planner would read all owners there are.
  left join (
    select known.id, known.tenant
    from unnest(
      ${value((owners) => uuidArray([...new Set(merchants(owners))]))}::uuid[]
    ) as named (id)
    cross join lateral (select * from wallets.owners where id = named.id offset 0) as known
  ) as merchant on merchant.id = made.merchant_id`
})

const insertAddresses = fixedStatement<readonly PaymentAddress[]>((value) => {
  const texts = (text: (each: PaymentAddress) => string | null) =>
    value((addresses) => textArray(addresses.map(text)))
  const from = value((addresses) => bigintArray(addresses.map(({ watchedFrom }) => watchedFrom)))
  return sql`
    insert into wallets.addresses
      (chain, address, owner, watched_from, derivation_index, forwarders)
    select chain, address, owner, watched_from, derivation_index::bigint,
      decode(substr(forwarders, 3), 'hex')
    from unnest(
      ${texts(({ chain }) => chain)}::text[],
      ${value((addresses) => bytesArray(addresses.map(({ address }) => address)))}::bytea[],
      ${value((addresses) => uuidArray(addresses.map(({ owner }) => owner)))}::uuid[],
      ${from}::bigint[],
      ${texts(({ derivationIndex }) => derivationIndex?.toString() ?? null)}::text[],
      ${texts(({ forwarders }) => forwarders)}::text[]
    ) as row (chain, address, owner, watched_from, derivation_index, forwarders)`
})

type Derived = { address: Address; derivationIndex: number }

/**
 * An address can be registered already only if it was imported before it was derived. One that is
 * imported while a payment is made fails that transaction, and another try gets others.
 */
async function freeIndices(
  postgres: Postgres,
  source: AddressSource,
  wanted: readonly { chain: ChainId }[],
): Promise<Derived[]> {
  const free: Derived[] = []
  while (free.length < wanted.length) {
    const rows = await postgres.execute<{ index: string }>(sql`
      select nextval('wallets.derivation_index') as index
      from generate_series(1, ${wanted.length - free.length}::int)`)
    const derived = rows.map(({ index }) => {
      const derivationIndex = Number(index)
      return { derivationIndex, address: source.addressAt(derivationIndex) }
    })
    const taken = await postgres.execute<{ address: Address }>(sql`
      select '0x' || encode(address, 'hex') as address from wallets.addresses
      where chain = any(${textArray([...new Set(wanted.map(({ chain }) => chain))])}::text[])
        and address = any(${bytesArray(derived.map(({ address }) => address))}::bytea[])`)
    const known = new Set(taken.map(({ address }) => address))
    free.push(...derived.filter(({ address }) => !known.has(address)))
  }
  return free
}

function requireSource(source: AddressSource | undefined): AddressSource {
  if (source === undefined) throw new Error('A chain has no source of addresses.')
  return source
}

function missing(owner: string): never {
  throw new Error(`No address was reserved for ${owner}.`)
}
