import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { ExternalId } from './domain/external-id.ts'
import type { OwnerReference } from './domain/owner-reference.ts'

/** Whom addresses and balances belong to. */
export type Owner = { id: string; externalId: string | null; createdAt: Date }

/** The owners there are. Adapter: `adapters/postgres-owners.ts`. */
export type Owners = {
  /** Makes an owner; when another of the tenant has this external id, answers that one. */
  create(
    externalId: ExternalId | undefined,
    tenant: string | null,
  ): Promise<{ owner: Owner; isNew: boolean }>
  find(id: string): Promise<Owner | undefined>
}

/** Users as they are looked for. Adapter: `adapters/postgres-owner-reader.ts`. */
export type OwnerReader = {
  /** Newest first, those made before `before`, at most `limit`; of `tenant`, if there is one. */
  list(
    filter: { search: string | undefined; tenant: string | undefined },
    page: { before: string | undefined; limit: number },
  ): Promise<Owner[]>
  /** The first one first. */
  addressesOf(owner: string, limit: number): Promise<WatchedAddress[]>
}

export type WatchedAddress = {
  chain: ChainId
  address: `0x${string}`
  watchedFrom: bigint
  /** Whether its key is ours; else it was imported. */
  isDerived: boolean
  createdAt: Date
}

/** An address that was derived for an owner. */
export type Assignment = {
  owner: string
  chain: ChainId
  address: Address
  derivationIndex: number
  watchedFrom: bigint
}

/** An address that somebody else holds the key of, to be watched for an owner. */
export type Import = {
  owner: OwnerReference
  chain: ChainId
  address: Address
  watchedFrom: bigint
}

/** `taken` is an address of another owner; an unknown owner is a UUID that names nobody. */
export type ImportOutcome = 'imported' | 'existing' | 'taken' | 'unknown-owner'

/** What is deployed on the chains. Adapter: `adapters/json-rpc-contract-codes.ts`. */
export type ContractCodes = {
  /** Its code now, `0x` where there is none. Throws while the chain can't be asked. */
  codeOf(chain: ChainId, contract: Address): Promise<`0x${string}`>
}

/** The addresses that are watched. Adapter: `adapters/postgres-address-book.ts`. */
export type AddressBook = {
  /** The next place in the HD wallet. No two calls answer the same, and some are left out. */
  nextIndex(): Promise<number>
  /**
   * Registers an address, unless it is registered already or its owner has `addressesMax` of them;
   * 0 is any number. However many ask at once, nobody gets more.
   */
  assign(assignment: Assignment, addressesMax: number): Promise<'assigned' | 'taken' | 'full'>
  /**
   * Registers many for owners of `tenant`, all or none when it throws, and makes owners for new
   * external ids.
   */
  import(imports: readonly Import[], tenant: string | null): Promise<ImportOutcome[]>
}

/** Addresses whose keys are elsewhere. Adapter: `adapters/hd-addresses.ts`. */
export type AddressSource = { addressAt(index: number): Address }

/** The first block of a chain that is not scanned yet: what is sent from there on is seen. */
export type ScanPosition = (chain: ChainId) => Promise<bigint>
