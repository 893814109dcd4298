import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Role } from '../domain/roles.ts'
import type { CurrentKeys, KnownKey } from '../ports.ts'

export type CurrentKeysOptions = {
  /** Milliseconds of a clock that only goes forward. */
  clock?: () => number
}

/** Nobody is let in by what is older, so that a revoked key is good for a second at most. */
const AGE_MAX_MS = 900

/** What is older is read again while it still serves. */
const REFRESH_AFTER_MS = 400

/**
 * {@link CurrentKeys} in memory: all of them, read again when somebody calls and they are not
 * fresh. What is read is a counter, and the keys only if it has moved; so a request costs no query,
 * however many come, and nobody's wrong keys cost more than that.
 */
export function currentKeys(
  postgres: Pick<Postgres, 'execute'>,
  { clock = () => performance.now() }: CurrentKeysOptions = {},
): CurrentKeys {
  let known: ReadonlyMap<string, KnownKey> = new Map()
  let revision = '-1'
  /** When the reading began that they are of. */
  let readAt = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined

  const read = async () => {
    const began = clock()
    const rows = await readKeys(postgres, revision)
    const [first] = rows
    if (first === undefined) throw new Error('The revision of the keys is missing.')
    if (first.revision !== revision) {
      revision = first.revision
      known = new Map(rows.flatMap((row) => (row.id === null ? [] : [[row.id, knownKey(row)]])))
    }
    readAt = began
  }
  const refresh = () => (running ??= read().finally(() => (running = undefined)))
  /** One that begins from now on: what runs already may have looked before. */
  const refreshAnew = async () => {
    await running?.catch(() => undefined)
    await refresh()
  }
  return {
    find(id) {
      const age = clock() - readAt
      const found = known.get(id)
      if (age > AGE_MAX_MS) return refresh().then(() => known.get(id))
      if (found === undefined) return refreshAnew().then(() => known.get(id))
      // Whoever comes when it is too old hears why it fails.
      if (age > REFRESH_AFTER_MS) refresh().catch(() => undefined)
      return found
    },
  }
}

type Row = {
  revision: string
  id: string | null
  tenant: string | null
  holder: string
  role: Role
  requiresSignature: boolean
  hash: Buffer
  previousHash: Buffer | null
  previousUntilMs: number | null
  expiresAtMs: number | null
}

/** One row of nothing but the revision, if that is still `revision` or there is no key. */
const readKeys = (postgres: Pick<Postgres, 'execute'>, revision: string): Promise<Row[]> =>
  postgres.execute<Row>(sql`
    select revisions.revision::text, keys.id, keys.tenant, keys.holder, keys.role, keys.hash,
      keys.requires_signature as "requiresSignature",
      keys.previous_hash as "previousHash",
      extract(epoch from keys.previous_until)::float8 * 1000 as "previousUntilMs",
      extract(epoch from keys.expires_at)::float8 * 1000 as "expiresAtMs"
    from access.revisions
    left join access.keys
      on revisions.revision <> ${revision}::bigint and keys.revoked_at is null`)

const knownKey = ({ revision: _, ...row }: Row): KnownKey => ({
  ...row,
  id: row.id ?? '',
  previousHash: row.previousHash ?? undefined,
  previousUntilMs: row.previousUntilMs ?? 0,
  expiresAtMs: row.expiresAtMs ?? Number.POSITIVE_INFINITY,
})
