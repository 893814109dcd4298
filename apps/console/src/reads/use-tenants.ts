import { answerOf } from '@coffer/client/coffer-client'
import { itemsOf } from '@coffer/client/pages'
import { useQuery } from '@tanstack/react-query'
import { useApi, useMay } from '../access.ts'

/** Names of tenants by their ids; of none for who is not told of others. */
export function useTenants(): ReadonlyMap<string, string> {
  const api = useApi()
  const may = useMay()
  const read = (cursor: { cursor?: string }) =>
    answerOf(api.GET('/v1/tenants', { params: { query: { limit: 200, ...cursor } } }))
  const { data = NONE } = useQuery({
    queryKey: ['tenants'],
    queryFn: async () => {
      const all = await Array.fromAsync(itemsOf(read))
      return new Map(all.map(({ id, name }): [string, string] => [id, name]))
    },
    enabled: may('tenants:read'),
    staleTime: 60_000,
  })
  return data
}

const NONE: ReadonlyMap<string, string> = new Map()
