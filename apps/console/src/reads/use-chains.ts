import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../access.ts'
import type { ItemOf } from './answers.ts'

export type ChainStatus = ItemOf<'/v1/chains'>

/** Where each scan stands, read again every two seconds. */
export function useChains() {
  const api = useApi()
  return useQuery({
    queryKey: ['chains'],
    queryFn: async () => (await answerOf(api.GET('/v1/chains'))).items,
    refetchInterval: 2_000,
  })
}

/** How many confirmations make a deposit of a chain final, by chain. */
export function useNeeded(): ReadonlyMap<string, number> {
  const { data = [] } = useChains()
  return new Map(
    data.flatMap(({ chain, head, checkpoint, final }) => {
      const top = checkpoint ?? head
      return top === null || final === null ? [] : [[chain, top - final + 1]]
    }),
  )
}
