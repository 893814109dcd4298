import { migrate } from '@coffer/postgres/migrate'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { ROLE_GRANTS } from './app-grants.ts'
import { applyGrants } from './apply-grants.ts'
import { makeRoles } from './make-roles.ts'
import { MIGRATIONS } from './migrations.ts'

/** Which of the apps' roles there are. */
export type PreparedRoles = {
  /** Those that are there, with what they may do. */
  granted: readonly string[]
  /** Those of them that whoever prepared it may become. */
  usable: readonly string[]
  /** Those that whoever prepared it may not make. */
  missing: readonly string[]
}

/** Two processes that prepare a database at once take turns on this advisory lock. */
const LOCK_KEY = 0x636f66666573

/** Brings a database up to date, and each app's role to what it may do there. Safe to repeat. */
export async function prepareDatabase(postgres: Postgres): Promise<PreparedRoles> {
  await migrate(postgres, MIGRATIONS)
  const roles = ROLE_GRANTS.map(({ role }) => role)
  return await postgres.transaction(async (tx) => {
    await tx.execute(`select pg_advisory_xact_lock(${LOCK_KEY})`)
    const { there, usable } = await makeRoles(tx, roles)
    await applyGrants(
      tx,
      ROLE_GRANTS.filter(({ role }) => there.includes(role)),
    )
    return { granted: there, usable, missing: roles.filter((role) => !there.includes(role)) }
  })
}

/** What was prepared, for people. */
export function sayRoles({ granted, usable, missing }: PreparedRoles): string {
  if (missing.length > 0) {
    return (
      `no role for ${missing.length} apps, since whoever migrates may not make roles: have ` +
      `somebody make ${missing.join(', ')}, and migrate again`
    )
  }
  const mayNot = granted.length - usable.length
  if (mayNot === 0) return 'each app has a role of its own'
  return `each app has a role of its own, and ${mayNot} of them may not be taken on from here`
}
