import type { Page } from '@coffer/client/pages'
import { type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'

export type Pages<Item> = Pick<
  UseInfiniteQueryResult,
  'error' | 'refetch' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
> & { data: readonly Item[] | undefined }

type Options = { refetchMs?: number; isOn?: boolean }

/** A list that is read page by page; `refetchMs` reads again what was read so far. */
export function usePages<Item>(
  key: readonly unknown[],
  read: (cursor: { cursor?: string }) => Promise<Page<Item>>,
  { refetchMs, isOn = true }: Options = {},
): Pages<Item> {
  const asked = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: refetchMs ?? false,
    enabled: isOn,
  })
  const { error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = asked
  const data = asked.data?.pages.flatMap(({ items }) => items)
  return { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage }
}
