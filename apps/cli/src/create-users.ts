import type { ChainId } from '@coffer/money/chain-id'
import type { ApiClient } from './api-client.ts'

export type MadeUser = { id: string; address: string }

/** Requests in flight at most. */
const AT_ONCE = 16

/** Makes users over the API, each with a deposit address on `chain`. */
export async function createUsers(
  api: ApiClient,
  { chain, count }: { chain: ChainId; count: number },
): Promise<MadeUser[]> {
  const users: MadeUser[] = []
  while (users.length < count) {
    const size = Math.min(AT_ONCE, count - users.length)
    users.push(...(await Promise.all(Array.from({ length: size }, () => createUser(api, chain)))))
  }
  return users
}

async function createUser(api: ApiClient, chain: ChainId): Promise<MadeUser> {
  const { id } = await api<{ id: string }>('POST', '/v1/users', {})
  const path = `/v1/users/${id}/addresses`
  const { address } = await api<{ address: string }>('POST', path, { chain })
  return { id, address }
}
