/** What a key may be made for. Those of the platform see every tenant; the others their own. */
export const PLATFORM_ROLES = ['admin', 'operator', 'auditor'] as const
export const TENANT_ROLES = ['owner', 'developer', 'viewer'] as const

export type Role = (typeof PLATFORM_ROLES)[number] | (typeof TENANT_ROLES)[number]

export const isPlatformRole = (role: Role): boolean =>
  (PLATFORM_ROLES as readonly string[]).includes(role)

/** What belongs to tenants, and is read by everybody who may see it. */
const TENANT_READS = [
  ...(['users:read', 'deposits:read', 'merchants:read', 'payments:read', 'refunds:read'] as const),
  ...(['settlements:read', 'withdrawals:read', 'webhooks:read', 'notifications:read'] as const),
  ...(['analytics:read', 'chains:read', 'session'] as const),
] as const

const DEVELOPER = [
  ...TENANT_READS,
  ...(['users:write', 'payments:write', 'refunds:write', 'webhooks:write'] as const),
  'notifications:write',
] as const

const OWNER = [
  ...DEVELOPER,
  ...(['merchants:write', 'settlements:write', 'withdrawals:write'] as const),
  ...(['keys:read', 'keys:write', 'audit:read'] as const),
] as const

/** What belongs to no tenant. */
const AUDITOR = [
  ...TENANT_READS,
  ...(['scans:read', 'letters:read', 'reconciliation:read', 'ledger:read'] as const),
  ...(['keys:read', 'tenants:read', 'audit:read'] as const),
] as const

const OPERATOR = [
  ...AUDITOR,
  ...(['scans:write', 'letters:write', 'reconciliation:write'] as const),
  ...(['deposits:release', 'withdrawals:approve'] as const),
] as const

const ADMIN = [...OWNER, ...OPERATOR, 'tenants:write'] as const

/** What a route may ask for. */
export type Scope = (typeof ADMIN)[number]

/** What each role allows; whatever is not named here is denied. */
const SCOPES: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  admin: new Set(ADMIN),
  operator: new Set(OPERATOR),
  auditor: new Set(AUDITOR),
  owner: new Set(OWNER),
  developer: new Set(DEVELOPER),
  viewer: new Set(TENANT_READS),
}

export const scopesOf = (role: Role): ReadonlySet<Scope> => SCOPES[role]

export const isScope = (text: string): text is Scope => SCOPES.admin.has(text as Scope)

/** Whether only the platform's roles have it, so that what it opens belongs to no tenant. */
export const isPlatformScope = (scope: Scope): boolean =>
  TENANT_ROLES.every((role) => !SCOPES[role].has(scope))

/**
 * What programs do thousands of times a second and what they do it with tells. All else that
 * changes something is written down with who did it.
 */
const OF_PROGRAMS: ReadonlySet<Scope> = new Set([
  ...(['users:write', 'payments:write', 'refunds:write', 'session'] as const),
])

export const isAudited = (scope: Scope): boolean => !OF_PROGRAMS.has(scope)
