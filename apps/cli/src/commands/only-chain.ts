import type { ApiClient } from '../api-client.ts'

/** The chain that is meant when none is named: there must be no other. */
export async function onlyChain(api: ApiClient): Promise<string> {
  const { items } = await api<{ items: { chain: string }[] }>('GET', '/v1/chains')
  const [first, ...others] = items.map(({ chain }) => chain)
  if (first !== undefined && others.length === 0) return first
  throw new Error(
    `Name one of the chains by --chain: ${items.map(({ chain }) => chain).join(', ')}`,
  )
}
