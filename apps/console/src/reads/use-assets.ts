import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../access.ts'

export type KnownAsset = {
  id: string
  chain: string
  symbol: string
  decimals: number
  contract: string | null
}

/** The assets that are configured, by id. They change with a restart only. */
export function useAssets(): ReadonlyMap<string, KnownAsset> {
  const api = useApi()
  const { data = NONE } = useQuery({
    queryKey: ['assets'],
    queryFn: async () => {
      const { items } = await answerOf(api.GET('/v1/assets'))
      return new Map(items.map((asset): [string, KnownAsset] => [asset.id, asset]))
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data
}

const NONE: ReadonlyMap<string, KnownAsset> = new Map()
