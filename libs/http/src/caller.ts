import type { FastifyRequest } from 'fastify'

/** Who calls, as the server's guard knows them. */
export type Caller = {
  /** Of the key that they came with. */
  keyId: string
  /** A person's e-mail address, or the name of a service. */
  holder: string
  role: string
  /** Null is the platform itself, which sees what belongs to anybody. */
  tenant: string | null
  scopes: ReadonlySet<string>
  /** Whether they are signed in at the console, and not a program with a key. */
  isSession: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on public routes. */
    caller: Caller | null
  }

  interface FastifyContextConfig {
    /** The scope that a caller needs, or `public`: a route without it can't be registered. */
    access?: string
    /** Of a public route: as often as they like, such as by who proves who they are otherwise. */
    isUncounted?: true
    /**
     * What each parameter of the path names, such as `{ id: 'user' }`: who is bound to a tenant is
     * told that there is no such thing, unless it is the tenant's. `part` is found within what
     * another parameter names.
     */
    names?: Readonly<Record<string, string>>
    /** The same of fields of the body. */
    namesInBody?: Readonly<Record<string, string>>
  }
}

/** Whoever comes with a key to a server that knows nothing but its keys. */
export const SOLE_CALLER: Caller = {
  ...{ keyId: 'key', holder: 'key', role: 'admin', tenant: null, isSession: false },
  scopes: new Set(),
}

/** Who calls. Public routes have nobody to ask for. */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === null) throw new Error('A public route asks who calls it.')
  return caller
}

/** The tenant that the answer must keep to; undefined is the platform, which sees all. */
export const tenantOf = (request: Pick<FastifyRequest, 'caller'>): string | undefined =>
  callerOf(request).tenant ?? undefined
