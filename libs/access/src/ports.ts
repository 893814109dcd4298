import type { KeyOrigin } from './domain/key-origins.ts'
import type { Role } from './domain/roles.ts'

export type Tenant = { id: string; name: string; createdAt: Date }

/** A key as people see it: without its secret. */
export type Key = {
  id: string
  tenant: string | null
  holder: string
  role: Role
  /** Whether it is good for signed requests alone. */
  requiresSignature: boolean
  expiresAt: Date | null
  createdAt: Date
  createdBy: string
  rotatedAt: Date | null
  /** Until when the secret before the last one is good. */
  previousUntil: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}

type Given = 'id' | 'tenant' | 'holder' | 'role' | 'requiresSignature' | 'expiresAt' | 'createdBy'

export type NewKey = Pick<Key, Given> & {
  hash: Buffer
}

/** Which keys of which tenants there are. Adapter: `adapters/postgres-key-book.ts`. */
export type KeyBook = {
  createTenant(name: string): Promise<Tenant | 'taken'>
  tenants(page: { before: string | undefined; limit: number }): Promise<Tenant[]>
  findTenant(id: string): Promise<Tenant | undefined>
  create(key: NewKey): Promise<Key>
  find(id: string): Promise<Key | undefined>
  /** Of every key there ever was. */
  origins(): Promise<KeyOrigin[]>
  /** Whether a key of the platform is good that is held under this name. */
  isHeld(holder: string): Promise<boolean>
  /** The newest first; of every tenant and the platform without one. */
  list(filter: {
    tenant: string | undefined
    before: string | undefined
    limit: number
  }): Promise<Key[]>
  /** Answers undefined of one that is unknown or revoked. */
  rotate(id: string, by: { hash: Buffer; graceSeconds: number }): Promise<Key | undefined>
  /** Again it changes nothing. */
  revoke(id: string): Promise<Key | undefined>
  /** Told at most once a minute of each. */
  used(id: string): Promise<void>
}

/** What a caller is checked against. */
export type KnownKey = Pick<Key, 'id' | 'tenant' | 'holder' | 'role' | 'requiresSignature'> & {
  hash: Buffer
  previousHash: Buffer | undefined
  previousUntilMs: number
  /** `Infinity` is never. */
  expiresAtMs: number
}

/** The keys as they are, or were less than a second ago. Adapter: `adapters/current-keys.ts`. */
export type CurrentKeys = {
  /** At once, but for a key that was made or a process that was idle just now. */
  find(id: string): KnownKey | undefined | Promise<KnownKey | undefined>
}

/** What was signed before. Adapter: `adapters/postgres-nonces.ts`. */
export type Nonces = {
  /** Answers `false` of one that was taken for the key before, and is known at least until then. */
  take(keyId: string, nonce: string, until: Date): Promise<boolean>
}

/** Counts that all processes share. Adapter: `adapters/redis-counts.ts`. */
export type SharedCounts = {
  /** Adds to a count of this name and answers what it is then. It is forgotten after minutes. */
  add(name: string, amount: number): Promise<number>
}

export type Session = { keyId: string; expiresAt: Date }

/** Who is signed in, by the hash of what the browser sends. Adapter: `postgres-sessions.ts`. */
export type Sessions = {
  begin(hash: Buffer, session: Session): Promise<void>
  find(hash: Buffer): Promise<Session | undefined>
  end(hash: Buffer): Promise<void>
}

/** Something that somebody is about to do. */
export type Act = {
  keyId: string
  holder: string
  role: string
  tenant: string | null
  isSession: boolean
  act: string
  path: string
  requestId: string
}

/** `status` is null of one that was cut off, or is under way. */
export type ActView = Act & { id: bigint; at: Date; status: number | null; endedAt: Date | null }

/** Who did what. Adapter: `adapters/postgres-audit-trail.ts`. */
export type AuditTrail = {
  /** Written down before it is done. */
  begin(act: Act): Promise<bigint>
  end(id: bigint, status: number): Promise<void>
  /** The newest first. */
  list(filter: {
    tenant: string | undefined
    holder: string | undefined
    from: Date | undefined
    to: Date | undefined
    outcome: 'done' | 'refused' | undefined
    before: bigint | undefined
    limit: number
  }): Promise<ActView[]>
}
