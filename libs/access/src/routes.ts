import type { Routes } from '@coffer/http/server'
import type { AuditTrail, KeyBook } from './ports.ts'
import { auditRoutes } from './routes-audit.ts'
import { keyRoutes } from './routes-keys.ts'
import { sessionRoutes } from './routes-session.ts'
import { tenantRoutes } from './routes-tenants.ts'
import type { signIn } from './usecases/sign-in.ts'

export type AccessRoutesOptions = {
  book: KeyBook
  secretOf: ((keyHash: Buffer) => string) | undefined
  people: ReturnType<typeof signIn>
  audit: Pick<AuditTrail, 'list'>
}

/** Tenants, keys, sessions, and who did what. */
export function accessRoutes({ book, secretOf, people, audit }: AccessRoutesOptions): Routes {
  return async (app) => {
    await app.register(keyRoutes({ book, secretOf }))
    await app.register(tenantRoutes({ book }))
    await app.register(sessionRoutes(people))
    await app.register(auditRoutes({ audit }))
  }
}
