import type { Postgres } from '@coffer/postgres/open-postgres'
import { parseOwnerReference } from '../domain/owner-reference.ts'
import { ownerIds } from './owner-ids.ts'

/**
 * The id of the owner that a caller of `tenant` calls `reference`: an owner's id or an external id;
 * `undefined` when it names nobody. Throws `ExternalIdError` when it can name nobody.
 */
export async function findOwner(
  postgres: Postgres,
  reference: string,
  tenant: string | null,
): Promise<string | undefined> {
  const { text } = parseOwnerReference(reference)
  return (await ownerIds(postgres, [text], tenant)).get(text)
}
