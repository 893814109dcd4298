import { ApiProblem } from '@coffer/client/api-problem'
import { type CofferClient, cofferClient } from '@coffer/client/coffer-client'
import { useSyncExternalStore } from 'react'

/** Who is signed in. A key is held in memory alone, and gone when the page is. */
export type Access = { api: CofferClient; holder: string | undefined }

const listeners = new Set<() => void>()
let current: Access | undefined

/** Who is signed in, if anybody. */
export const useAccess = (): Access | undefined => useSyncExternalStore(subscribe, () => current)

/** The API as whoever is signed in may call it. */
export function useApi(): CofferClient {
  const access = useAccess()
  if (access === undefined) throw new Error('Nobody is signed in.')
  return access.api
}

/** Answers `false` where the key is not accepted. Throws where nothing answers. */
export async function signIn(apiKey: string): Promise<boolean> {
  const api = cofferClient({ baseUrl: location.origin, apiKey })
  const { response } = await api.GET('/v1/chains')
  if (response.status === 401 || response.status === 403) return false
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  become({ api, holder: undefined })
  return true
}

export function signOut(): void {
  become(undefined)
}

/** Signs out whom the API knows no more. */
export function onFailure(error: unknown): void {
  if (error instanceof ApiProblem && error.problem.status === 401) signOut()
}

function become(access: Access | undefined): void {
  current = access
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
