import { postgresAuditTrail } from '@coffer/access/audit-trail'
import { authenticate } from '@coffer/access/authenticate'
import { currentKeys } from '@coffer/access/current-keys'
import { accessGuard } from '@coffer/access/guard'
import { postgresKeyBook } from '@coffer/access/key-book'
import { accessRoutes } from '@coffer/access/routes'
import { postgresSessions } from '@coffer/access/sessions'
import { signIn } from '@coffer/access/sign-in'
import { describeError } from '@coffer/errors/app-error'
import type { Guard } from '@coffer/http/key-guard'
import type { Routes } from '@coffer/http/server'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Logger } from '@coffer/telemetry/logger'
import { belongingsOf } from './belongings.ts'

export type AccessOptions = {
  postgres: Postgres
  /** Of the environment: they may do everything. */
  apiKeys: readonly string[]
  logger: Logger
}

export type Access = {
  guard: Guard
  routes: Routes
  /** Whether a key is good at this moment. */
  isGood: (keyId: string) => Promise<boolean>
}

/** Who may call what, wired to PostgreSQL. */
export function accessOf(options: AccessOptions): Access {
  const { postgres, apiKeys, logger } = options
  const book = postgresKeyBook(postgres)
  const audit = postgresAuditTrail(postgres)
  const known = authenticate({
    ...{ firstKeys: apiKeys, current: currentKeys(postgres), book, now: Date.now },
  })
  const sessions = postgresSessions(postgres)
  const people = signIn({ authenticate: known, sessions, now: () => new Date() })
  return {
    guard: accessGuard({
      ...{ authenticate: known, people, audit },
      belongings: belongingsOf(postgres, book),
      onAuditFailure: (error, { id: requestId }) =>
        logger.error({ requestId, cause: describeError(error) }, 'how an act ended is not noted'),
    }),
    routes: accessRoutes({ book, people, audit }),
    isGood: async (keyId) => (await known.bySession(keyId)) !== undefined,
  }
}
