import type { Address } from '@coffer/evm/address'
import type { Database, Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { eq, sql } from 'drizzle-orm'
import type { AddressBook, Assignment, Import, ImportOutcome } from '../ports.ts'
import { addresses } from '../schema.ts'
import { createOwners, ownerIds } from './owner-ids.ts'

/** {@link AddressBook} in PostgreSQL. A batch takes the same few statements whatever its size. */
export function postgresAddressBook(postgres: Postgres): AddressBook {
  return {
    async nextIndex() {
      const [row] = await postgres.execute<{ index: string }>(
        sql`select nextval('wallets.derivation_index') as index`,
      )
      return Number(row?.index)
    },
    assign: (assignment, addressesMax) =>
      addressesMax === 0
        ? insertOne(postgres, assignment)
        : postgres.transaction(async (tx) => {
            const { owner } = assignment
            await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${owner}, 0))`)
            // By another statement than takes the lock: that one saw what was before it had it.
            const isFull = (await tx.$count(addresses, eq(addresses.owner, owner))) >= addressesMax
            return isFull ? 'full' : await insertOne(tx, assignment)
          }),
    import: (imports, tenant) =>
      imports.length === 0
        ? Promise.resolve([])
        : postgres.transaction((tx) => importAll(tx, imports, tenant)),
  }
}

async function insertOne(db: Database, assignment: Assignment): Promise<'assigned' | 'taken'> {
  const inserted = await db
    .insert(addresses)
    .values(assignment)
    .onConflictDoNothing()
    .returning({ address: addresses.address })
  return inserted.length > 0 ? 'assigned' : 'taken'
}

type Row = Import & { ownerId: string }

const keyOf = ({ chain, address }: { chain: string; address: string }) => `${chain}/${address}`

async function importAll(
  tx: Transaction,
  imports: readonly Import[],
  tenant: string | null,
): Promise<ImportOutcome[]> {
  const ids = await ownerIdsOrNew(tx, imports, tenant)
  const rows = new Map<string, Row>()
  for (const each of imports) {
    const ownerId = ids.get(each.owner.text)
    // Of two lines with the same address the first decides whose it is.
    if (ownerId && !rows.has(keyOf(each))) rows.set(keyOf(each), { ...each, ownerId })
  }
  const inserted = await insertMissing(tx, [...rows.values()])
  const known = [...rows].filter(([key]) => !inserted.has(key)).map(([, row]) => row)
  const owners = await currentOwners(tx, known)
  return imports.map((each) => {
    const key = keyOf(each)
    const ownerId = ids.get(each.owner.text)
    if (ownerId === undefined) return 'unknown-owner'
    if ((owners.get(key) ?? rows.get(key)?.ownerId) !== ownerId) return 'taken'
    // Deleting says that the first line of an address imported it, and a repetition found it.
    return inserted.delete(key) ? 'imported' : 'existing'
  })
}

async function ownerIdsOrNew(
  tx: Transaction,
  imports: readonly Import[],
  tenant: string | null,
): Promise<Map<string, string>> {
  const references = new Map(imports.map(({ owner }) => [owner.text, owner]))
  const known = await ownerIds(tx, [...references.keys()], tenant)
  const missing = [...references.values()].filter(({ text }) => !known.has(text))
  const names = missing.filter(({ isUuid }) => !isUuid).map(({ text }) => text)
  if (names.length === 0) return known
  await createOwners(tx, names, tenant)
  return new Map([...known, ...(await ownerIds(tx, names, tenant))])
}

/** Inserts in one order everywhere, so that two imports wait for each other and never both. */
async function insertMissing(tx: Transaction, rows: readonly Row[]): Promise<Set<string>> {
  const inserted = await tx.execute<{ chain: string; address: Address }>(sql`
    insert into wallets.addresses (chain, address, owner, watched_from)
    select chain, decode(substr(address, 3), 'hex'), owner, watched_from
    from unnest(
      ${sql.param(rows.map(({ chain }) => chain))}::text[],
      ${sql.param(rows.map(({ address }) => address))}::text[],
      ${sql.param(rows.map(({ ownerId }) => ownerId))}::uuid[],
      ${sql.param(rows.map(({ watchedFrom }) => watchedFrom.toString()))}::bigint[]
    ) as row (chain, address, owner, watched_from)
    order by chain, address
    on conflict do nothing
    returning chain, '0x' || encode(address, 'hex') as address`)
  return new Set(inserted.map(keyOf))
}

async function currentOwners(tx: Transaction, rows: readonly Row[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map()
  const found = await tx.execute<{ chain: string; address: Address; owner: string }>(sql`
    select row.chain, row.address, addresses.owner
    from unnest(
      ${sql.param(rows.map(({ chain }) => chain))}::text[],
      ${sql.param(rows.map(({ address }) => address))}::text[]
    ) as row (chain, address)
    join wallets.addresses on addresses.chain = row.chain
      and addresses.address = decode(substr(row.address, 3), 'hex')`)
  return new Map(found.map((each) => [keyOf(each), each.owner]))
}
