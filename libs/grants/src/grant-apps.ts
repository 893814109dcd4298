import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { ROLE_GRANTS } from './app-grants.ts'
import { applyGrants } from './apply-grants.ts'
import { makeRoles } from './make-roles.ts'
import { roleOf } from './role-of.ts'

/** Which of the apps' roles there are. */
export type GrantedApps = {
  /** Those that are there, with what they may do. */
  granted: readonly string[]
  /** Those of them that whoever granted it may become. */
  usable: readonly string[]
  /** Those that whoever granted it may not make. */
  missing: readonly string[]
}

/** Two processes that grant at once take turns on this advisory lock. */
const LOCK_KEY = 0x636f66666573

/**
 * Brings the roles of `apps`, by default all, to what they may do in this database, whose tables
 * must be there. Safe to repeat.
 */
export function grantApps(postgres: Postgres, apps?: readonly string[]): Promise<GrantedApps> {
  const meant = new Set(apps?.map(roleOf) ?? ROLE_GRANTS.map(({ role }) => role))
  const stated = ROLE_GRANTS.filter(({ role }) => meant.has(role))
  const roles = stated.map(({ role }) => role)
  return postgres.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK_KEY})`)
    const { there, usable } = await makeRoles(tx, roles)
    await applyGrants(
      tx,
      stated.filter(({ role }) => there.includes(role)),
    )
    return { granted: there, usable, missing: roles.filter((role) => !there.includes(role)) }
  })
}
