import type { Postgres } from '@coffer/postgres/open-postgres'
import { eq } from 'drizzle-orm'
import type { PreferenceBook } from '../ports.ts'
import { recipients } from '../schema.ts'

/** {@link PreferenceBook} in PostgreSQL. */
export const postgresPreferences = (postgres: Postgres): PreferenceBook => ({
  async read(recipient) {
    const found = postgres.select().from(recipients).where(eq(recipients.id, recipient))
    const [row] = await found
    return {
      email: row?.email ?? row?.toldEmail ?? undefined,
      locale: row?.locale ?? row?.toldLocale ?? 'en',
      muted: row?.muted ?? [],
    }
  },
  async write(recipient, { email = null, locale = null, muted }) {
    const set = { email, locale, muted: [...muted] }
    await postgres
      .insert(recipients)
      .values({ id: recipient, ...set })
      .onConflictDoUpdate({ target: recipients.id, set })
  },
})
