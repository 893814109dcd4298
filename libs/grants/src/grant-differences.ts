import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Grants } from './grants.ts'

export type RoleGrants = { role: string; grants: Grants }

/** One thing that a role may do: `update(status)` is of that column alone. */
export type RoleRight = {
  role: string
  kind: 'schema' | 'table' | 'sequence'
  name: string
  right: string
}

/** What roles may do and are not stated to, and what they are stated to do and may not. */
export async function grantDifferences(
  db: Pick<Transaction, 'execute'>,
  stated: readonly RoleGrants[],
) {
  const wanted = new Map(stated.flatMap(rightsOf).map((right) => [keyOf(right), right]))
  const roles = stated.map(({ role }) => role)
  const held = new Map((await rightsHeld(db, roles)).map((right) => [keyOf(right), right]))
  return {
    excess: [...held].filter(([key]) => !wanted.has(key)).map(([, right]) => right),
    missing: [...wanted].filter(([key]) => !held.has(key)).map(([, right]) => right),
  }
}

const keyOf = ({ role, kind, name, right }: RoleRight) => [role, kind, name, right].join(' ')

/** A table is of use to whoever may use its schema. */
function rightsOf({ role, grants }: RoleGrants): RoleRight[] {
  const schemas = new Set(Object.keys(grants).map((name) => name.split('.', 1).join('')))
  return [
    ...[...schemas].map((name): RoleRight => ({ role, kind: 'schema', name, right: 'usage' })),
    ...Object.entries(grants).flatMap(([name, rights]) =>
      rights.flatMap(eachColumn).map((right): RoleRight => {
        return { role, kind: right === 'usage' ? 'sequence' : 'table', name, right }
      }),
    ),
  ]
}

/** `update(a, b)` as `update(a)` and `update(b)`, as PostgreSQL keeps it. */
function eachColumn(right: string): string[] {
  const [, verb, columns] = /^(\w+)\((.+)\)$/.exec(right) ?? []
  if (verb === undefined || columns === undefined) return [right]
  return columns.split(',').map((column) => `${verb}(${column.trim()})`)
}

const rightsHeld = (db: Pick<Transaction, 'execute'>, roles: readonly string[]) =>
  db.execute<RoleRight>(sql`
    with held (acl, kind, name, own_column) as (
      select nspacl, 'schema', nspname::text, null from pg_namespace
      union all
      select relacl, case relkind when 'S' then 'sequence' else 'table' end,
        nspname || '.' || relname, null
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      union all
      select attacl, 'table', nspname || '.' || relname, attname::text
      from pg_attribute join pg_class on pg_class.oid = attrelid
        join pg_namespace on pg_namespace.oid = relnamespace
      where attacl is not null
    )
    select rolname::text as role, kind, name,
      lower(privilege_type) || coalesce('(' || own_column || ')', '') as right
    from held cross join lateral aclexplode(acl) join pg_roles on pg_roles.oid = grantee
    where rolname = any(${sql.param(roles)}::text[])`)
