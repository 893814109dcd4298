import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/**
 * Makes those of `roles` that are missing, if whoever is connected may make roles: they may not
 * sign in, and are granted to logins. Roles are the server's, so another database may have made
 * them. Answers which are there, and which of them may be become from here.
 */
export async function makeRoles(
  tx: Transaction,
  roles: readonly string[],
): Promise<{ there: string[]; usable: string[] }> {
  const before = await knownRoles(tx, roles)
  const [self] = await tx.execute<{ makes: boolean }>(sql`
    select rolsuper or rolcreaterole as makes from pg_roles where rolname = current_user`)
  if (self?.makes) {
    const missing = roles.filter((role) => !before.there.includes(role))
    for (const role of missing) await tx.execute(sql.raw(madeOnce(role)))
  }
  return await knownRoles(tx, roles)
}

async function knownRoles(tx: Transaction, roles: readonly string[]) {
  const rows = await tx.execute<{ role: string; isUsable: boolean }>(sql`
    select rolname::text as role, pg_has_role(rolname, 'set') as "isUsable" from pg_roles
    where rolname = any(${sql.param(roles)}::text[]) order by rolname`)
  const usable = rows.filter(({ isUsable }) => isUsable).map(({ role }) => role)
  return { there: rows.map(({ role }) => role), usable }
}

/** Whoever makes a role and is no superuser may grant it, and becomes it only if granted that. */
const madeOnce = (role: string) => `
  do $$
  begin
    create role ${role} nologin;
    if not pg_has_role('${role}', 'set') then
      grant ${role} to current_user with inherit false, set true;
    end if;
  exception when duplicate_object or unique_violation then null;
  end $$`
