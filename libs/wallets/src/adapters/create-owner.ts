import type { Transaction } from '@coffer/postgres/open-postgres'
import type { OwnerKind } from '../domain/owner-kind.ts'
import { owners } from '../schema.ts'

/** Makes the owner `id` in the caller's transaction. */
export async function createOwner(
  tx: Transaction,
  { id, kind, tenant }: { id: string; kind: OwnerKind; tenant: string | null },
): Promise<void> {
  await tx.insert(owners).values({ id, kind, tenant })
}
