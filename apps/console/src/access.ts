import { ApiProblem } from '@coffer/client/api-problem'
import {
  type CofferClient,
  type CofferClientOptions,
  cofferClient,
} from '@coffer/client/coffer-client'
import { useSyncExternalStore } from 'react'

/** Who is signed in, as the API tells it. */
export type Session = {
  holder: string
  role: string
  /** Null is the platform's. */
  tenant: string | null
  scopes: readonly string[]
}

/** Who is signed in. A key is held in memory alone, and gone when the page is. */
export type Access = {
  api: CofferClient
  connection: CofferClientOptions
  session: Session | undefined
}

/** What a session changes something with: another site can't send it. */
const CSRF = { 'x-coffer-csrf': '1' }

/** Says that there may be a session, so that who never signed in is not asked for one. */
const SIGNED_IN = 'coffer.signed-in'

const SESSION = '/v1/session'

const listeners = new Set<() => void>()
let current: Access | undefined

/** Who is signed in, if anybody. */
export const useAccess = (): Access | undefined => useSyncExternalStore(subscribe, () => current)

/** The API as whoever is signed in may call it. */
export const useApi = (): CofferClient => signedIn(useAccess()).api

/** How whoever is signed in reaches the API. */
export const useConnection = (): CofferClientOptions => signedIn(useAccess()).connection

export const useSession = (): Session | undefined => useAccess()?.session

/** Whether who is signed in may do what needs `scope`. Where nobody knows, the API says it. */
export function useMay(): (scope: string) => boolean {
  const session = useSession()
  return (scope) => session?.scopes.includes(scope) ?? true
}

function signedIn(access: Access | undefined): Access {
  if (access === undefined) throw new Error('Nobody is signed in.')
  return access
}

/**
 * Has a session stand for the key, or, of an API without sessions, keeps the key until the page is
 * gone. Answers `false` where the key is not accepted. Throws where nothing answers.
 */
export async function signIn(apiKey: string): Promise<boolean> {
  const session = await askForSession({ method: 'POST', body: JSON.stringify({ apiKey }) })
  if (session !== undefined) {
    localStorage.setItem(SIGNED_IN, '1')
    become(accessBy({ headers: CSRF }, session))
    return true
  }
  const access = accessBy({ apiKey }, undefined)
  const { response } = await access.api.GET('/v1/chains')
  if (response.status === 401) return false
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  become(access)
  return true
}

/** Goes on with the session of before, if it is still good. */
export async function resume(): Promise<void> {
  if (localStorage.getItem(SIGNED_IN) === null) return
  const session = await askForSession({}).catch(() => undefined)
  if (session === undefined) localStorage.removeItem(SIGNED_IN)
  else become(accessBy({ headers: CSRF }, session))
}

export async function signOut(): Promise<void> {
  const isSession = localStorage.getItem(SIGNED_IN) !== null
  forget()
  // Who is gone here is gone, whatever becomes of the cookie: it ends by itself.
  if (isSession) await askForSession({ method: 'DELETE' }).catch(() => undefined)
}

/** Signs out whom the API knows no more. */
export function onFailure(error: unknown): void {
  if (error instanceof ApiProblem && error.problem.status === 401) forget()
}

/** The session that is asked for, begun or ended. */
async function askForSession(request: RequestInit): Promise<Session | undefined> {
  const headers = { ...CSRF, ...(request.body ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(SESSION, { ...request, headers })
  if (!response.ok || response.status === 204) return undefined
  return await response.json()
}

type Sent = { apiKey?: string; headers?: Readonly<Record<string, string>> }

function accessBy(sent: Sent, session: Session | undefined): Access {
  const connection = { baseUrl: location.origin, ...sent }
  return { api: cofferClient(connection), connection, session }
}

function forget(): void {
  localStorage.removeItem(SIGNED_IN)
  become(undefined)
}

function become(access: Access | undefined): void {
  current = access
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
