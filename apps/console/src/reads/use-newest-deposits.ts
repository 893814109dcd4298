import { answerOf } from '@coffer/client/coffer-client'
import type { Deposit } from '@coffer/client/deposit-stream'
import { useApi } from '../access.ts'
import type { LiveState } from './use-live-deposits.ts'
import { type Pages, usePages } from './use-pages.ts'

type Filter = {
  status?: Deposit['status']
  owner?: string
  asset?: string
  txHash?: `0x${string}`
  to?: `0x${string}`
}

/** How often a list is read again that nobody tells news, and one that is told them. */
const ALONE_MS = 2_000
const TOLD_MS = 30_000

/** Deposits, the newest first; see `useLiveDeposits` for what is told of them. */
export function useNewestDeposits(
  state: LiveState,
  query: Filter = {},
  limit = 50,
): Pages<Deposit> {
  const api = useApi()
  return usePages(
    ['deposits', query],
    (cursor) => {
      const asked = api.GET('/v1/deposits', { params: { query: { ...query, limit, ...cursor } } })
      return answerOf(asked)
    },
    { refetchMs: state === 'live' ? TOLD_MS : ALONE_MS },
  )
}
