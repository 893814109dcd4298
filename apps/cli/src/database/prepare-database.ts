import { type GrantedApps, grantApps } from '@coffer/grants/grant-apps'
import { migrate } from '@coffer/postgres/migrate'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { MIGRATIONS } from './migrations.ts'

/** Brings a database up to date, and each app's role to what it may do there. Safe to repeat. */
export async function prepareDatabase(postgres: Postgres): Promise<GrantedApps> {
  await migrate(postgres, MIGRATIONS)
  return await grantApps(postgres)
}

/** Which roles there are, for people. */
export function sayRoles({ granted, usable, missing }: GrantedApps): string {
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
