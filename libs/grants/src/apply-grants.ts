import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { grantDifferences, type RoleGrants, type RoleRight } from './grant-differences.ts'

/**
 * Has each role do what is stated, and nothing else in this database: it revokes what is not stated
 * and grants what is missing. Where all is as stated it changes nothing.
 */
export async function applyGrants(tx: Transaction, stated: readonly RoleGrants[]): Promise<void> {
  const { excess } = await grantDifferences(tx, stated)
  await run(tx, excess.map(statement('revoke', 'from')))
  // Whoever loses a right to a table loses those to its columns with it.
  const { missing } = await grantDifferences(tx, stated)
  await run(tx, missing.map(statement('grant', 'to')))
}

async function run(tx: Transaction, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await tx.execute(sql.raw(statements.join(';\n')))
}

const statement =
  (verb: 'grant' | 'revoke', preposition: 'to' | 'from') =>
  ({ role, kind, name, right }: RoleRight) =>
    `${verb} ${right} on ${kind} ${name} ${preposition} ${role}`
