import { AppError } from '@coffer/errors/app-error'
import { isSameHolder } from '@coffer/http/is-same-holder'
import { isFirstHolder } from '../domain/key-origins.ts'
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
  by: Maker
}

/** Who makes a key, or gives it another secret. */
export type Maker = { holder: string; tenant: string | null }

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
 * Makes a key. A tenant makes keys of its own only, and none of the platform's; of the platform's
 * none is made in the name of somebody else who has one. Throws {@link KeyRoleError},
 * {@link KeyHolderError}, {@link TenantUnknownError} and {@link SigningOffError}.
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
    if (isFirstHolder(request.holder)) throw new KeyHolderError(request.holder)
    const isInOwnName = isFirstHolder(by.holder) || isSameHolder(by.holder, request.holder)
    if (tenant === null && !isInOwnName && (await book.isHeld(request.holder))) {
      throw new KeyHolderError(request.holder)
    }
    const id = newKeyId()
    const secret = newKeyText(id)
    const hash = digestOf(secret)
    const key = await book.create({ ...request, tenant, id, hash, createdBy: by.holder })
    return { ...key, secret, signingSecret: secretOf?.(hash) ?? null }
  }

/**
 * The old secret is good for a while longer. Whoever asks is told the new one, so of the
 * platform's keys it is the holder, or who made it. Throws {@link KeyUnknownError} and
 * {@link KeyHolderError}.
 */
export const rotateKey =
  ({ book, secretOf }: IssueKeyOptions) =>
  async (id: string, { graceSeconds, by }: Rotation): Promise<IssuedKey> => {
    const known = await book.find(id)
    if (known?.tenant === null && !isFirstHolder(by.holder)) {
      const names = [known.holder, known.createdBy]
      const isTheirs = names.some((name) => isSameHolder(name, by.holder))
      if (!isTheirs) throw new KeyHolderError(known.holder)
    }
    const secret = newKeyText(id)
    const hash = digestOf(secret)
    const key = await book.rotate(id, { hash, graceSeconds })
    if (key === undefined) throw new KeyUnknownError(id)
    return { ...key, secret, signingSecret: secretOf?.(hash) ?? null }
  }

type Rotation = { graceSeconds: number; by: Maker }

/** A key would be known to somebody else than its holder. */
export class KeyHolderError extends AppError {
  readonly code = 'KEY_HOLDER'

  constructor(holder: string) {
    super(
      `${JSON.stringify(holder)} is the name of somebody else who has a key. They make their ` +
        'own, or it is made with API_KEY; a key that is lost is revoked first.',
      { retry: 'never', details: { holder } },
    )
  }
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
