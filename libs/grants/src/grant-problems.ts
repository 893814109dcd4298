import type { Transaction } from '@coffer/postgres/open-postgres'
import { grantDifferences, type RoleGrants } from './grant-differences.ts'

/** What roles may do and are not stated to, and the other way round, in words. */
export async function grantProblems(
  postgres: Pick<Transaction, 'execute'>,
  stated: readonly RoleGrants[],
): Promise<string[]> {
  const { excess, missing } = await grantDifferences(postgres, stated)
  return [
    ...missing.map(({ role, name, right }) => `${role} lacks ${right} on ${name}`),
    ...excess.map(({ role, name, right }) => `${role} has ${right} on ${name}`),
  ]
}
