import { textArray } from '@coffer/postgres/binary-array'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountState } from '../domain/account-state.ts'
import { shardKey } from '../domain/apply-postings.ts'
import { DEBTS, SYSTEM } from '../domain/chart-of-accounts.ts'
import { type AccountName, accountKey } from '../domain/transaction.ts'
import { numericArray } from './numeric-array.ts'

/** An account, and where it is the system's its shard, if that is not the one of the postings. */
export type PlacedName = AccountName & { shard?: number }

export type LockedAccounts = {
  /** Id in the database, by `shardKey`. */
  ids: ReadonlyMap<string, string>
  /** By `shardKey`. */
  states: ReadonlyMap<string, AccountState>
}

/**
 * Opens what is missing of `names` and locks all until `tx` ends; of the system's accounts those
 * of `shard`, where they name no other. Transactions that call this once never wait for each other
 * in a circle: each first opens in order of name, and then locks in order of id.
 */
export async function lockAccounts(
  tx: Transaction,
  names: readonly PlacedName[],
  shard: number,
): Promise<LockedAccounts> {
  const ids = await openAccounts(tx, names, shard)
  const keys = new Map(ids.entries().map(([key, id]) => [id, key]))
  return { ids, states: await lockById(tx, keys) }
}

/**
 * Locks those of `debts` that anything is owed on, and answers them with `locked`. It comes after
 * {@link lockAccounts} of the accounts that lack what they say: so nobody can make such a debt
 * meanwhile, and whoever holds one waits for nothing that is locked here. It opens none, since
 * nearly nobody owes anything.
 */
export async function lockDebts(
  tx: Transaction,
  debts: readonly AccountName[],
  locked: LockedAccounts,
): Promise<LockedAccounts> {
  if (debts.length === 0) return locked
  const owners = [...new Set(debts.map(({ owner }) => owner))]
  const owed = await tx.execute<AccountName & { id: string }>(sql`
    select id, owner, code, asset
    from ledger.accounts
    where code in (${sql.raw(DEBTS.map((code) => `'${code}'`).join(', '))})
      and owner = any(${textArray(owners)}::text[])
      and debits_posted > credits_posted
  `)
  if (owed.length === 0) return locked
  const wanted = new Set(debts.map(accountKey))
  const keys = new Map<string, string>()
  for (const row of owed) {
    const key = accountKey(row)
    if (wanted.has(key) && !locked.ids.has(key)) keys.set(row.id, key)
  }
  const states = await lockById(tx, keys)
  return {
    ids: new Map([...locked.ids, ...[...keys].map(([id, key]) => [key, id] as const)]),
    states: new Map([...locked.states, ...states]),
  }
}

/** Locks accounts in order of id; `keys` names them. */
async function lockById(
  tx: Transaction,
  keys: ReadonlyMap<string, string>,
): Promise<Map<string, AccountState>> {
  const rows = await tx.execute<AccountRow>(sql`
    select id, debits_posted as "debitsPosted", credits_posted as "creditsPosted",
      debits_pending as "debitsPending", credits_pending as "creditsPending", version,
      closed_version is not null as "isClosed"
    from ledger.accounts
    where id = any(${numericArray([...keys.keys()])}::bigint[])
    order by id
    for update
  `)
  return new Map(rows.map((row) => [keys.get(row.id) as string, stateOf(row)]))
}

type AccountRow = {
  id: string
  debitsPosted: string
  creditsPosted: string
  debitsPending: string
  creditsPending: string
  version: string
  isClosed: boolean
}

const stateOf = (row: AccountRow): AccountState => ({
  debitsPosted: BigInt(row.debitsPosted),
  creditsPosted: BigInt(row.creditsPosted),
  debitsPending: BigInt(row.debitsPending),
  creditsPending: BigInt(row.creditsPending),
  version: Number(row.version),
  isClosed: row.isClosed,
})

// Ids are looked up each time and not kept in memory: that is one index seek an account, it is
// right whatever was rolled back, and there may be ten million of them.
async function openAccounts(
  tx: Transaction,
  names: readonly PlacedName[],
  shard: number,
): Promise<Map<string, string>> {
  const ids = await findAccounts(tx, names, shard)
  const missing = names.filter((name) => !ids.has(keyOf(name, shard)))
  if (missing.length === 0) return ids
  const { owners, codes, assets, shards } = columns(missing, shard)
  // Two transactions that open the same accounts do so in one order, and the later one waits.
  await tx.execute(sql`
    insert into ledger.accounts (owner, code, asset, shard)
    select owner, code, asset, shard
    from unnest(${owners}::text[], ${codes}::text[], ${assets}::text[], ${shards}::smallint[])
      as name (owner, code, asset, shard)
    order by owner, code, asset, shard
    on conflict do nothing
  `)
  const opened = await findAccounts(tx, missing, shard)
  return new Map([...ids, ...opened])
}

async function findAccounts(
  tx: Transaction,
  names: readonly PlacedName[],
  shard: number,
): Promise<Map<string, string>> {
  const { owners, codes, assets, shards } = columns(names, shard)
  const rows = await tx.execute<{ position: string; id: string }>(sql`
    select name.position, account.id
    from unnest(${owners}::text[], ${codes}::text[], ${assets}::text[], ${shards}::smallint[])
      with ordinality as name (owner, code, asset, shard, position)
    join ledger.accounts account using (owner, code, asset, shard)
  `)
  const ids = new Map<string, string>()
  for (const { position, id } of rows) {
    ids.set(keyOf(names[Number(position) - 1] as PlacedName, shard), id)
  }
  return ids
}

const columns = (names: readonly PlacedName[], shard: number) => ({
  owners: sql.param(names.map(({ owner }) => owner)),
  codes: sql.param(names.map(({ code }) => code)),
  assets: sql.param(names.map(({ asset }) => asset)),
  shards: numericArray(names.map((name) => (name.owner === SYSTEM ? (name.shard ?? shard) : 0))),
})

const keyOf = (name: PlacedName, shard: number): string =>
  shardKey({ account: name, shard: name.shard ?? shard }, shard)

/** Writes the new states of accounts that `tx` has locked. */
export async function updateAccounts(
  tx: Transaction,
  ids: ReadonlyMap<string, string>,
  changed: ReadonlyMap<string, AccountState>,
): Promise<void> {
  const states = [...changed.values()]
  const column = (field: Exclude<keyof AccountState, 'isClosed'>) =>
    numericArray(states.map((state) => state[field]))
  await tx.execute(sql`
    update ledger.accounts account
    set debits_posted = state.debits_posted, credits_posted = state.credits_posted,
      debits_pending = state.debits_pending, credits_pending = state.credits_pending,
      version = state.version
    from unnest(
      ${numericArray([...changed.keys()].map((key) => ids.get(key) as string))}::bigint[],
      ${column('debitsPosted')}::numeric[], ${column('creditsPosted')}::numeric[],
      ${column('debitsPending')}::numeric[], ${column('creditsPending')}::numeric[],
      ${column('version')}::bigint[]
    ) as state (id, debits_posted, credits_posted, debits_pending, credits_pending, version)
    where account.id = state.id
  `)
}

/** Closes accounts that `tx` has locked and updated. */
export async function closeAccounts(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    update ledger.accounts set closed_version = version
    where id = any(${numericArray(ids)}::bigint[])
  `)
}
