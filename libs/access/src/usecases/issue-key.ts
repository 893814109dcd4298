import { AppError } from '@coffer/errors/app-error'
import { isPlatformRole, type Role } from '../domain/roles.ts'
import { digestOf, newKeyId, newKeyText } from '../key-text.ts'
import type { Key, KeyBook } from '../ports.ts'

/** What a key is asked for, and by whom. */
export type KeyRequest = {
  tenant: string | null
  holder: string
  role: Role
  requiresSignature: boolean
  expiresAt: Date | null
  by: { holder: string; tenant: string | null }
}

/** A key with its secret, which is told this once. */
export type IssuedKey = Key & {
  secret: string
  /** What it signs requests with; null where nothing is signed. */
  signingSecret: string | null
}

export type IssueKeyOptions = {
  book: KeyBook
  /** What the holder of a key with such a hash signs with. */
  secretOf: ((keyHash: Buffer) => string) | undefined
}

/**
 * Makes a key. A tenant makes keys of its own only, and none of the platform's. Throws
 * {@link KeyRoleError}, {@link TenantUnknownError} and {@link SigningOffError}.
 */
export const issueKey =
  ({ book, secretOf }: IssueKeyOptions) =>
  async ({ by, ...request }: KeyRequest): Promise<IssuedKey> => {
    const tenant = by.tenant ?? request.tenant
    if (isPlatformRole(request.role) !== (tenant === null)) throw new KeyRoleError(request.role)
    if (tenant !== null && (await book.findTenant(tenant)) === undefined) {
      throw new TenantUnknownError(tenant)
    }
    if (request.tenant !== null && request.tenant !== tenant) {
      throw new TenantUnknownError(request.tenant)
    }
    if (request.requiresSignature && secretOf === undefined) throw new SigningOffError()
    const id = newKeyId()
    const secret = newKeyText(id)
    const hash = digestOf(secret)
    const key = await book.create({ ...request, tenant, id, hash, createdBy: by.holder })
    return { ...key, secret, signingSecret: secretOf?.(hash) ?? null }
  }

/** The old secret is good for a while longer. Throws {@link KeyUnknownError}. */
export const rotateKey =
  ({ book, secretOf }: IssueKeyOptions) =>
  async (id: string, graceSeconds: number): Promise<IssuedKey> => {
    const secret = newKeyText(id)
    const hash = digestOf(secret)
    const key = await book.rotate(id, { hash, graceSeconds })
    if (key === undefined) throw new KeyUnknownError(id)
    return { ...key, secret, signingSecret: secretOf?.(hash) ?? null }
  }

/** The role and the tenant of a key don't go together. */
export class KeyRoleError extends AppError {
  readonly code = 'KEY_ROLE'

  constructor(role: Role) {
    super(
      isPlatformRole(role)
        ? `The role ${role} is the platform's. Name no tenant, with a key of the platform.`
        : `The role ${role} is a tenant's. Name the tenant.`,
      { retry: 'never', details: { role } },
    )
  }
}

/** Nobody can sign here. */
export class SigningOffError extends AppError {
  readonly code = 'SIGNING_OFF'

  constructor() {
    super('No requests are signed here: REQUEST_SIGNING_KEY is not set.', { retry: 'never' })
  }
}

/** No key that is good has this id. */
export class KeyUnknownError extends AppError {
  readonly code = 'KEY_UNKNOWN'

  constructor(id: string) {
    super(`No key that can be used has the id ${JSON.stringify(id)}. GET /v1/keys lists them.`, {
      retry: 'never',
      details: { id },
    })
  }
}

/** No tenant has this id. */
export class TenantUnknownError extends AppError {
  readonly code = 'TENANT_UNKNOWN'

  constructor(id: string) {
    super(`No tenant has the id ${JSON.stringify(id)}. GET /v1/tenants lists them.`, {
      retry: 'never',
      details: { id },
    })
  }
}
