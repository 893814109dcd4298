import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { Grants } from './grants.ts'

export type RoleGrants = { role: string; grants: Grants }

/** One thing that a role may do: `update(status)` is of that column alone. */
type Right = { role: string; kind: 'schema' | 'table' | 'sequence'; name: string; right: string }

/**
 * Has each role do what is stated, and nothing else in this database: it revokes what is not stated
 * and grants what is missing. Where all is as stated it changes nothing.
 */
export async function applyGrants(tx: Transaction, stated: readonly RoleGrants[]): Promise<void> {
  const { excess } = await differences(tx, stated)
  await run(tx, excess.map(statement('revoke', 'from')))
  // Whoever loses a right to a table loses those to its columns with it.
  const { missing } = await differences(tx, stated)
  await run(tx, missing.map(statement('grant', 'to')))
}

/** What roles may do and are not stated to, and the other way round, in words. */
export async function grantProblems(
  postgres: Pick<Transaction, 'execute'>,
  stated: readonly RoleGrants[],
): Promise<string[]> {
  const { excess, missing } = await differences(postgres, stated)
  return [
    ...missing.map(({ role, name, right }) => `${role} lacks ${right} on ${name}`),
    ...excess.map(({ role, name, right }) => `${role} has ${right} on ${name}`),
  ]
}

async function differences(db: Pick<Transaction, 'execute'>, stated: readonly RoleGrants[]) {
  const wanted = new Map(stated.flatMap(rightsOf).map((right) => [keyOf(right), right]))
  const roles = stated.map(({ role }) => role)
  const held = new Map((await rightsHeld(db, roles)).map((right) => [keyOf(right), right]))
  return {
    excess: [...held].filter(([key]) => !wanted.has(key)).map(([, right]) => right),
    missing: [...wanted].filter(([key]) => !held.has(key)).map(([, right]) => right),
  }
}

async function run(tx: Transaction, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await tx.execute(sql.raw(statements.join(';\n')))
}

const keyOf = ({ role, kind, name, right }: Right) => [role, kind, name, right].join(' ')

const statement =
  (verb: 'grant' | 'revoke', preposition: 'to' | 'from') =>
  ({ role, kind, name, right }: Right) =>
    `${verb} ${right} on ${kind} ${name} ${preposition} ${role}`

/** A table is of use to whoever may use its schema. */
function rightsOf({ role, grants }: RoleGrants): Right[] {
  const schemas = new Set(Object.keys(grants).map((name) => name.split('.', 1).join('')))
  return [
    ...[...schemas].map((name): Right => ({ role, kind: 'schema', name, right: 'usage' })),
    ...Object.entries(grants).flatMap(([name, rights]) =>
      rights.flatMap(eachColumn).map((right): Right => {
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
  db.execute<Right>(sql`
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
