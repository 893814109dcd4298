import { type Deposit, depositStream } from '@coffer/client/deposit-stream'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { onFailure, useConnection } from '../access.ts'
import { type DepositPages, mergedDeposits } from './merged-deposits.ts'

export type LiveState = 'connecting' | 'live' | 'lost'

/** What is told within this time is shown at once, milliseconds. */
const GATHER_MS = 100

/** Of more than so many at once the lists are read again. */
const SHOWN_MAX = 50

/**
 * Puts deposits into every list of theirs as they happen. Where the stream can't be read, the lists
 * are on their own. A page that nobody sees listens to nothing: browsers have few connections.
 */
export function useLiveDeposits({ owner }: { owner?: string | undefined } = {}): LiveState {
  const connection = useConnection()
  const queries = useQueryClient()
  const isSeen = useSyncExternalStore(onVisibility, isVisible)
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    if (!isSeen) return
    const leaving = new AbortController()
    const gather = gatherer(queries)
    const follow = async () => {
      const { signal } = leaving
      const onState = (told: LiveState) => {
        // What happened in between is in no list so far.
        if (told === 'live') void queries.invalidateQueries({ queryKey: ['deposits'] })
        if (!signal.aborted) setState(told)
      }
      for await (const { deposit } of depositStream({ ...connection, owner, signal, onState })) {
        gather(deposit)
      }
    }
    follow().catch((error: unknown) => {
      setState('lost')
      onFailure(error)
    })
    return () => leaving.abort()
  }, [connection, queries, owner, isSeen])
  return state
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

const isVisible = (): boolean => document.visibilityState === 'visible'

/** Shows together what comes shortly after each other. */
function gatherer(queries: QueryClient): (deposit: Deposit) => void {
  const gathered = new Map<string, Deposit>()
  const show = () => {
    const all = [...gathered.values()]
    gathered.clear()
    if (all.length > SHOWN_MAX) void queries.invalidateQueries({ queryKey: ['deposits'] })
    else showInLists(queries, all)
  }
  return (deposit) => {
    if (gathered.size === 0) setTimeout(show, GATHER_MS)
    gathered.set(deposit.id, deposit)
  }
}

function showInLists(queries: QueryClient, told: readonly Deposit[]): void {
  for (const query of queries.getQueryCache().findAll({ queryKey: ['deposits'] })) {
    const filter = (query.queryKey[1] ?? {}) as Readonly<Record<string, string>>
    queries.setQueryData<DepositPages>(
      query.queryKey,
      (known) => known && mergedDeposits(known, told, filter),
    )
  }
}
