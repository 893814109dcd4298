import type { Postgres } from '@coffer/postgres/open-postgres'
import { OPERATORS, type Recipient } from '../domain/notification.ts'
import { recipients } from '../schema.ts'

/** Has what only operators may know go to this address, or to nobody when there is none. */
export async function writeOperators(
  postgres: Postgres,
  { email, locale }: { email: string | undefined; locale: Recipient['locale'] },
): Promise<void> {
  const set = { email: email ?? null, locale }
  await postgres
    .insert(recipients)
    .values({ id: OPERATORS, ...set })
    .onConflictDoUpdate({ target: recipients.id, set })
}
