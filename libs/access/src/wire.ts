import { z } from 'zod'
import { PLATFORM_ROLES, TENANT_ROLES } from './domain/roles.ts'
import type { ActView, Key, Tenant } from './ports.ts'
import type { IssuedKey } from './usecases/issue-key.ts'
import type { SignedIn } from './usecases/sign-in.ts'

const moment = z.iso.datetime()

const role = z.enum([...PLATFORM_ROLES, ...TENANT_ROLES])

/** Spelled out, since not every client's regular expressions know the classes of Unicode. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const PLAIN = /^(?!\s)[^\u0000-\u001f\u007f-\u009f\ufffd]*(?<!\s)$/u

/** What people read: no control characters, no space at either end. */
const text = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(PLAIN, 'Expected no control characters, no space at an end')

const limit = z.coerce.number().int().min(1).max(200).default(50)

const cursor = (what: string) =>
  z
    .string()
    .regex(/^[0-9a-f-]{1,40}$/, what)
    .optional()

export const tenant = z.strictObject({ id: z.uuid(), name: z.string(), createdAt: moment })
export const newTenant = z.strictObject({ name: text(200) })
export const tenantQuery = z.strictObject({ limit, cursor: z.uuid().optional() })
export const tenantList = z.strictObject({
  items: z.array(tenant),
  nextCursor: z.string().nullable(),
})

export const tenantOnWire = ({ createdAt, ...rest }: Tenant) => ({
  ...rest,
  createdAt: createdAt.toISOString(),
})

export const newKey = z.strictObject({
  holder: text(200).describe('Who has it: an e-mail address, or the name of a service'),
  role,
  tenant: z
    .uuid()
    .optional()
    .describe("Whose users and merchants it sees. Default: the caller's own, or the platform"),
  expiresAt: moment.optional().describe('Default: never'),
  requiresSignature: z
    .boolean()
    .default(false)
    .describe('Whether it is good for signed requests alone, so that nobody ever sends it'),
})

export const key = z.strictObject({
  id: z.string(),
  tenant: z.uuid().nullable().describe("null is the platform's"),
  holder: z.string(),
  role,
  requiresSignature: z.boolean(),
  expiresAt: moment.nullable(),
  createdAt: moment,
  createdBy: z.string(),
  rotatedAt: moment.nullable(),
  previousUntil: moment.nullable().describe('Until when the secret before the last one is good'),
  revokedAt: moment.nullable(),
  lastUsedAt: moment.nullable().describe('To the minute'),
})

export const issuedKey = key.extend({
  secret: z.string().describe('What callers send. It is shown this once'),
  signingSecret: z
    .string()
    .nullable()
    .describe('What callers sign with and never send, shown this once; null where nobody can'),
})

export const keyParams = z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/) })
export const keyQuery = z.strictObject({
  tenant: z.uuid().optional(),
  limit,
  cursor: cursor('Expected nextCursor of the page before'),
})
export const keyList = z.strictObject({ items: z.array(key), nextCursor: z.string().nullable() })

/** A week. */
const GRACE_SECONDS_MAX = 604_800

export const rotation = z.strictObject({
  graceSeconds: z
    .int()
    .min(0)
    .max(GRACE_SECONDS_MAX)
    .default(86_400)
    .describe('How long the secret before this is good'),
})

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

export const keyOnWire = (each: Key) => ({
  ...each,
  expiresAt: iso(each.expiresAt),
  createdAt: each.createdAt.toISOString(),
  rotatedAt: iso(each.rotatedAt),
  previousUntil: iso(each.previousUntil),
  revokedAt: iso(each.revokedAt),
  lastUsedAt: iso(each.lastUsedAt),
})

export const issuedOnWire = ({ secret, signingSecret, ...rest }: IssuedKey) => ({
  ...keyOnWire(rest),
  ...{ secret, signingSecret },
})

export const session = z.strictObject({
  holder: z.string(),
  role: z.string(),
  tenant: z.uuid().nullable(),
  scopes: z.array(z.string()),
  expiresAt: moment.nullable().describe('Of the session; null of a key'),
})

export const newSession = z.strictObject({ apiKey: z.string().min(1).max(500) })

export const sessionOnWire = ({
  caller,
  expiresAt,
}: Pick<SignedIn, 'caller'> & {
  expiresAt: Date | null
}) => ({
  holder: caller.holder,
  role: caller.role,
  tenant: caller.tenant,
  scopes: [...caller.scopes].sort(),
  expiresAt: iso(expiresAt),
})

const act = z.strictObject({
  id: z.string(),
  at: moment,
  keyId: z.string(),
  holder: z.string(),
  role: z.string(),
  tenant: z.uuid().nullable(),
  isSession: z.boolean().describe('Whether it was done at the console'),
  act: z.string().describe('The method and the route'),
  path: z.string(),
  requestId: z.string(),
  status: z.int().nullable().describe('What was answered; null of what was cut off'),
  endedAt: moment.nullable(),
})

export const auditQuery = z.strictObject({
  holder: text(200).optional(),
  from: moment.optional().describe('What was done from then on'),
  to: moment.optional().describe('What was done before then'),
  outcome: z
    .enum(['done', 'refused'])
    .optional()
    .describe('refused is what was answered by 4xx or 5xx, or cut off'),
  limit,
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'Expected nextCursor of the page before')
    .optional(),
})
export const actList = z.strictObject({ items: z.array(act), nextCursor: z.string().nullable() })

export const actOnWire = ({ id, at, endedAt, ...rest }: ActView) => ({
  ...rest,
  id: `${id}`,
  at: at.toISOString(),
  endedAt: iso(endedAt),
})
