import { isSameHolder } from '@coffer/http/is-same-holder'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Key, KeyBook } from '../ports.ts'
import { keys, tenants } from '../schema.ts'

const asHex = (hash: Buffer): `0x${string}` => `0x${hash.toString('hex')}`

/** {@link KeyBook} in PostgreSQL. */
export function postgresKeyBook(postgres: Postgres): KeyBook {
  const one = async (where: SQL): Promise<Key | undefined> =>
    (await postgres.select(shown).from(keys).where(where))[0]
  return {
    async createTenant(name) {
      const made = await postgres.insert(tenants).values({ name }).onConflictDoNothing().returning()
      return made[0] ?? 'taken'
    },
    tenants: ({ before, limit }) =>
      postgres
        .select()
        .from(tenants)
        .where(before === undefined ? undefined : lt(tenants.id, before))
        .orderBy(desc(tenants.id))
        .limit(limit),
    async findTenant(id) {
      return (await postgres.select().from(tenants).where(eq(tenants.id, id)))[0]
    },
    async create({ hash, ...key }) {
      const values = { ...key, hash: asHex(hash) }
      const [made] = await postgres.insert(keys).values(values).returning(shown)
      if (made === undefined) throw new Error('A key that was inserted was not returned.')
      return made
    },
    find: (id) => one(eq(keys.id, id)),
    origins: () =>
      postgres
        .selectDistinct({
          holder: keys.holder,
          createdBy: keys.createdBy,
          isOfPlatform: sql<boolean>`${keys.tenant} is null`,
        })
        .from(keys),
    async isHeld(holder) {
      const isGood = sql`${keys.revokedAt} is null and coalesce(${keys.expiresAt} > now(), true)`
      const held = await postgres
        .selectDistinct({ holder: keys.holder })
        .from(keys)
        .where(and(isNull(keys.tenant), isGood))
      return held.some((each) => isSameHolder(each.holder, holder))
    },
    list: ({ tenant, before, limit }) =>
      postgres
        .select(shown)
        .from(keys)
        .where(and(tenant === undefined ? undefined : eq(keys.tenant, tenant), olderThan(before)))
        .orderBy(desc(keys.createdAt), desc(keys.id))
        .limit(limit),
    async rotate(id, { hash, graceSeconds }) {
      const [rotated] = await postgres
        .update(keys)
        .set({
          hash: asHex(hash),
          previousHash: sql`${keys.hash}`,
          previousUntil: sql`now() + make_interval(secs => ${graceSeconds})`,
          rotatedAt: sql`now()`,
        })
        .where(and(eq(keys.id, id), isNull(keys.revokedAt)))
        .returning(shown)
      return rotated
    },
    async revoke(id) {
      const isGood = and(eq(keys.id, id), isNull(keys.revokedAt))
      await postgres.update(keys).set({ revokedAt: sql`now()` }).where(isGood)
      return await one(eq(keys.id, id))
    },
    async used(id) {
      await postgres.update(keys).set({ lastUsedAt: sql`now()` }).where(eq(keys.id, id))
    },
  }
}

/** Those that were made before the key `id`, whose list it continues. */
const olderThan = (id: string | undefined): SQL | undefined =>
  id === undefined
    ? undefined
    : sql`(${keys.createdAt}, ${keys.id}) <
        (select known.created_at, known.id from access.keys known where known.id = ${id})`

const shown = {
  id: keys.id,
  tenant: keys.tenant,
  holder: keys.holder,
  role: keys.role,
  requiresSignature: keys.requiresSignature,
  expiresAt: keys.expiresAt,
  createdAt: keys.createdAt,
  createdBy: keys.createdBy,
  rotatedAt: keys.rotatedAt,
  previousUntil: keys.previousUntil,
  revokedAt: keys.revokedAt,
  lastUsedAt: keys.lastUsedAt,
}
