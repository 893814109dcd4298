import { postgresAuditTrail } from '@coffer/access/audit-trail'
import { authenticate } from '@coffer/access/authenticate'
import { currentKeys } from '@coffer/access/current-keys'
import { accessGuard } from '@coffer/access/guard'
import { postgresKeyBook } from '@coffer/access/key-book'
import { isSecondPerson } from '@coffer/access/key-origins'
import { limitRate } from '@coffer/access/limit-rate'
import { networkOf } from '@coffer/access/network-of'
import { postgresNonces } from '@coffer/access/nonces'
import type { SharedCounts } from '@coffer/access/ports'
import { signingSecretOf } from '@coffer/access/request-signature'
import { accessRoutes } from '@coffer/access/routes'
import { postgresSessions } from '@coffer/access/sessions'
import { signIn } from '@coffer/access/sign-in'
import { describeError } from '@coffer/errors/app-error'
import type { Caller } from '@coffer/http/caller'
import type { Guard } from '@coffer/http/key-guard'
import type { Routes } from '@coffer/http/server'
import type { Postgres } from '@coffer/postgres/open-postgres'
import type { Logger } from '@coffer/telemetry/logger'
import { belongingsOf } from './belongings.ts'

export type AccessOptions = {
  postgres: Postgres
  /** Of the environment: they may do everything. */
  apiKeys: readonly string[]
  /** What signing secrets are made with; without it no requests are signed. */
  signingKey?: Buffer | undefined
  /**
   * Most requests a minute with each key of a tenant, and of the platform, and from each address
   * without one; 0 is any number.
   */
  rates?: { tenant: number; platform: number; address?: number }
  /** Where processes count requests together; each counts alone without it. */
  counts?: SharedCounts | undefined
  logger: Logger
}

export type Access = {
  guard: Guard
  routes: Routes
  /** Whether a key is good at this moment. */
  isGood: (keyId: string) => Promise<boolean>
}

/** Whether two holders are two persons, by who has made their keys. */
export const secondPersonOf = (postgres: Postgres) => {
  const book = postgresKeyBook(postgres)
  return async (holders: { first: string; second: string }) =>
    isSecondPerson(holders, await book.origins())
}

/** Who may call what, wired to PostgreSQL. */
export function accessOf(options: AccessOptions): Access {
  const { postgres, apiKeys, signingKey, logger } = options
  const book = postgresKeyBook(postgres)
  const audit = postgresAuditTrail(postgres)
  const secretOf = signingKey && ((keyHash: Buffer) => signingSecretOf(signingKey, keyHash))
  const known = authenticate({
    ...{ firstKeys: apiKeys, current: currentKeys(postgres), book, now: Date.now },
    ...{ nonces: postgresNonces(postgres), secretOf },
  })
  const sessions = postgresSessions(postgres)
  const people = signIn({ authenticate: known, sessions, now: () => new Date() })
  return {
    guard: accessGuard({
      ...{ authenticate: known, people, audit },
      belongings: belongingsOf(postgres, book),
      ...allowancesOf(options),
      onAuditFailure: (error, { id: requestId }) =>
        logger.error({ requestId, cause: describeError(error) }, 'how an act ended is not noted'),
    }),
    routes: accessRoutes({ book, secretOf, people, audit }),
    isGood: async (keyId) => (await known.bySession(keyId)) !== undefined,
  }
}

/** What is left to a caller of the limit of their key, or of their address. */
function allowancesOf({ rates = { tenant: 0, platform: 0 }, counts, logger }: AccessOptions) {
  const onAlone = (error: unknown) =>
    logger.warn({ cause: describeError(error) }, 'requests are counted by each process alone')
  const counting = { shared: counts, now: Date.now, onAlone }
  // Apart, so that no number of addresses makes it forget a key.
  const [take, takeOfAddress] = [limitRate(counting), limitRate(counting)]
  const { address: ofAddress = 0 } = rates
  return {
    allow: ({ keyId, tenant }: Caller) => {
      const limit = tenant === null ? rates.platform : rates.tenant
      return limit === 0 ? undefined : take(keyId, limit)
    },
    allowAddress: (address: string) =>
      ofAddress === 0 ? undefined : takeOfAddress(`from ${networkOf(address)}`, ofAddress),
  }
}
