import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { shortened } from './hash.tsx'

/** A merchant by its name, once that is known. */
export function MerchantLink({ id }: { id: string }) {
  const api = useApi()
  const { data } = useQuery({
    queryKey: ['merchant', id],
    queryFn: () => answerOf(api.GET('/v1/merchants/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  })
  return (
    <Link to="/merchants/$id" params={{ id }} title={id}>
      {data?.name ?? shortened(id)}
    </Link>
  )
}
