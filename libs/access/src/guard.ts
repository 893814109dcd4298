import { AppError } from '@coffer/errors/app-error'
import type { Caller } from '@coffer/http/caller'
import { type Guard, sendKeyMissing } from '@coffer/http/key-guard'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { isAudited, isPlatformScope, isScope, type Scope } from './domain/roles.ts'
import type { AuditTrail } from './ports.ts'
import { readSigned } from './read-signed.ts'
import { isSigned, type RequestSignature } from './request-signature.ts'
import { sessionIn } from './session-cookie.ts'
import type { Authenticate } from './usecases/authenticate.ts'
import { type Allowance, RateLimitError } from './usecases/limit-rate.ts'
import type { signIn } from './usecases/sign-in.ts'

/** Whose the things are that routes name. */
export type Belongings = {
  /** The tenant of one; null is the platform's own, undefined nobody's. */
  tenantOf(noun: string, id: string): MaybePromise<string | null | undefined>
  /** What a caller hears for whom there is no such thing. */
  unknown(noun: string, id: string): AppError
}

export type GuardOptions = {
  authenticate: Authenticate
  people: Pick<ReturnType<typeof signIn>, 'find'>
  belongings: Belongings
  /** What a caller may still call; undefined is as much as they like. */
  allow: (caller: Caller) => MaybePromise<Allowance> | undefined
  /** The same of whoever calls without a key from an address. */
  allowAddress: (address: string) => MaybePromise<Allowance> | undefined
  audit: Pick<AuditTrail, 'begin' | 'end'>
  /** Told of each act whose end could not be written down. */
  onAuditFailure: (error: unknown, request: FastifyRequest) => void
}

type MaybePromise<T> = T | Promise<T>

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the audited act that the request is. */
    act: bigint | null
    /** Of a request that was signed. */
    signature: RequestSignature | null
  }
}

/**
 * Denies what is not allowed: each route says which scope it needs and what its path names, or the
 * server doesn't start; whoever is bound to a tenant is told that what is not the tenant's isn't
 * there. What people change is written down before it is done.
 */
export function accessGuard(options: GuardOptions): Guard {
  return (server) => {
    server.decorateRequest('act', null)
    server.decorateRequest('signature', null)
    server.addHook('onRoute', requireDeclared)
    server.addHook('onRequest', (request, reply, done) => {
      const { config } = request.routeOptions
      const turn = { request, reply, done }
      const caller = config?.access === 'public' ? null : identified(options, request)
      if (caller === null) admitAnybody(options, turn)
      else if (caller instanceof Promise) {
        caller.then((known) => admit(options, turn, known)).catch(done)
      } else admit(options, turn, caller)
    })
    server.addHook('preParsing', (request, _reply, payload, done) => {
      if (request.signature === null) done(null, payload)
      else {
        const { signature, routeOptions } = request
        const known = { signature, lengthMax: routeOptions.bodyLimit, now: Date.now }
        readSigned(payload, known).then((body) => done(null, body), done)
      }
    })
    server.addHook('preHandler', (request, _reply, done) => {
      const begun = begin(options, request)
      if (begun === undefined) done()
      else begun.then(() => done(), done)
    })
    server.addHook('onSend', (request, reply, _payload, done) => {
      if (request.act === null) return done()
      options.audit
        .end(request.act, reply.statusCode)
        .catch((error: unknown) => options.onAuditFailure(error, request))
        .then(() => done(), done)
    })
  }
}

/** Undefined where nothing is to be waited for, as is the rule. */
function begin(options: GuardOptions, request: FastifyRequest): Promise<void> | undefined {
  const { namesInBody } = request.routeOptions.config ?? {}
  const isBound = request.caller !== null && request.caller.tenant !== null
  if (namesInBody === undefined || !isBound) return beginAct(options, request)
  return requireOwnInBody(options, request, namesInBody).then(() => beginAct(options, request))
}

/** Throws for a route that doesn't say who may call it. */
function requireDeclared({ url, method, config }: RouteOptions): void {
  const route = `${[method].flat().join(', ')} ${url}`
  const { access, names = {} } = config ?? {}
  if (access === 'public') return
  if (access === undefined || !isScope(access)) {
    throw new Error(`${route} declares no scope that there is: config.access is ${access}.`)
  }
  if (isPlatformScope(access)) return
  const unnamed = [...url.matchAll(/:(\w+)/g)].find(([, name = '']) => names[name] === undefined)
  if (unnamed) throw new Error(`${route} doesn't declare what ${unnamed[0]} names: config.names.`)
}

/** What throws at once throws later, as all else that is asked for. */
function identified(
  options: GuardOptions,
  request: FastifyRequest,
): MaybePromise<Caller | undefined> {
  try {
    return identify(options, request)
  } catch (error) {
    return Promise.reject(error)
  }
}

function identify(
  { authenticate, people }: GuardOptions,
  request: FastifyRequest,
): MaybePromise<Caller | undefined> {
  const { authorization, cookie } = request.headers
  if (authorization !== undefined) {
    if (isSigned(authorization)) return signer(authenticate, request, authorization)
    const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    return key === undefined ? undefined : authenticate.byKey(key)
  }
  const session = sessionIn(cookie)
  return session === undefined ? undefined : people.find(session).then((found) => found?.caller)
}

/** Who has signed all of a request but its body, which comes later. */
async function signer(
  authenticate: Authenticate,
  request: FastifyRequest,
  authorization: string,
): Promise<Caller> {
  const { method, headers, raw } = request
  const key = headers['idempotency-key']
  const idempotencyKey = typeof key === 'string' ? key : undefined
  const signed = { method, target: raw.url ?? '', idempotencyKey }
  const { caller, signature } = await authenticate.bySignature(authorization, signed)
  request.signature = signature
  return caller
}

type Turn = { request: FastifyRequest; reply: FastifyReply; done: (error?: Error) => void }

function admit(options: GuardOptions, turn: Turn, caller: Caller | undefined): void {
  const { request, reply, done } = turn
  if (caller === undefined) {
    sendKeyMissing(reply)
    return
  }
  request.caller = caller
  const allowance = options.allow(caller)
  if (allowance instanceof Promise) {
    allowance.then((known) => proceed(options, turn, { caller, allowance: known })).catch(done)
  } else proceed(options, turn, { caller, allowance })
}

function admitAnybody(options: GuardOptions, { request, reply, done }: Turn): void {
  const { isUncounted } = request.routeOptions.config ?? {}
  const allowance = isUncounted ? undefined : options.allowAddress(request.ip)
  const go = (known: Allowance | undefined) => {
    if (known !== undefined) tellAllowance(reply, known, 'address')
    done(known?.isAllowed === false ? new RateLimitError(known, 'from this address') : undefined)
  }
  if (allowance instanceof Promise) allowance.then(go).catch(done)
  else go(allowance)
}

type Known = { caller: Caller; allowance: Allowance | undefined }

function proceed(options: GuardOptions, turn: Turn, { caller, allowance }: Known): void {
  const { request, reply, done } = turn
  if (allowance !== undefined) tellAllowance(reply, allowance)
  if (allowance?.isAllowed === false) {
    done(new RateLimitError(allowance))
    return
  }
  const refusal = refusalOf(request, caller)
  const { names } = request.routeOptions.config ?? {}
  if (refusal !== undefined || caller.tenant === null || names === undefined) done(refusal)
  else {
    const named = namedIn(request.params, names)
    requireOwn(options, { caller, named }).then(() => done(), done)
  }
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
function tellAllowance(reply: FastifyReply, allowance: Allowance, of = 'key'): void {
  const { isAllowed, limit, remaining, resetSeconds } = allowance
  reply.header('ratelimit-policy', `"${of}";q=${limit};w=60`)
  reply.header('ratelimit', `"${of}";r=${remaining};t=${resetSeconds}`)
  if (!isAllowed) reply.header('retry-after', `${resetSeconds}`)
}

/** Why a caller may not call the route, whatever it names. */
function refusalOf(request: FastifyRequest, caller: Caller): AppError | undefined {
  const { config, url } = request.routeOptions
  // Who is known may learn that a path leads nowhere.
  if (url === undefined) return undefined
  const scope = config?.access ?? ''
  if (!caller.scopes.has(scope)) return new ScopeMissingError(caller.role, scope)
  const isChange = request.method !== 'GET' && request.method !== 'HEAD'
  const isProven = !caller.isSession || request.headers['x-coffer-csrf'] === '1'
  return isChange && !isProven ? new CsrfHeaderError() : undefined
}

type Named = { noun: string; id: string }

const namedIn = (values: unknown, names: Readonly<Record<string, string>>): Named[] =>
  Object.entries(names)
    .filter(([, noun]) => noun !== 'part')
    .map(([name, noun]) => ({ noun, id: String((values as Record<string, unknown>)?.[name]) }))

async function requireOwn(
  { belongings }: GuardOptions,
  { caller, named }: { caller: Caller; named: readonly Named[] },
): Promise<void> {
  for (const { noun, id } of named) {
    const found = belongings.tenantOf(noun, id)
    const tenant = found instanceof Promise ? await found : found
    if (tenant !== caller.tenant) throw belongings.unknown(noun, id)
  }
}

async function requireOwnInBody(
  options: GuardOptions,
  request: FastifyRequest,
  names: Readonly<Record<string, string>>,
): Promise<void> {
  const { caller } = request
  if (caller === null || caller.tenant === null) return
  await requireOwn(options, { caller, named: namedIn(request.body, names) })
}

function beginAct({ audit }: GuardOptions, request: FastifyRequest): Promise<void> | undefined {
  const { caller, method, routeOptions } = request
  if (caller === null || method === 'GET' || method === 'HEAD') return undefined
  const scope = routeOptions.config.access as Scope
  if (scope === 'session' || !(caller.isSession || isAudited(scope))) return undefined
  const { keyId, holder, role, tenant, isSession } = caller
  const act = {
    ...{ keyId, holder, role, tenant, isSession },
    act: `${method} ${routeOptions.url}`,
    path: (request.url.split('?')[0] ?? '').slice(0, PATH_MAX),
    requestId: request.id,
  }
  return audit.begin(act).then((begun) => {
    request.act = begun
  })
}

/** Longest path that is written down. */
const PATH_MAX = 4_000

/** The role of a key doesn't allow this. */
export class ScopeMissingError extends AppError {
  readonly code = 'SCOPE_MISSING'

  constructor(role: string, scope: string) {
    super(
      `This needs the scope ${scope}, which the role ${role} doesn't have. Use a key whose role ` +
        'has it.',
      { retry: 'never', details: { role, scope } },
    )
  }
}

/** Another site may have had a browser send this. */
export class CsrfHeaderError extends AppError {
  readonly code = 'CSRF_HEADER'

  constructor() {
    super('What changes something in a session needs the header "X-Coffer-Csrf: 1".', {
      retry: 'never',
    })
  }
}
