import { answerOf, type CofferClient } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { useApi, useMay } from '../access.ts'
import type { TextKey } from '../i18n/english.ts'

/** Something that stands still, or does not agree, until somebody looks. */
export type Waiting = {
  key: TextKey
  count: number
  /** Whether there is more than was counted. */
  isMore: boolean
  to: string
  search?: Record<string, string>
  tone: 'bad' | 'wait'
}

/** Counted at most. */
const LIMIT = 100

/** Everything that waits for somebody, the worst first. */
export function useWaiting() {
  const api = useApi()
  const may = useMay()
  return useQuery({
    queryKey: ['waiting'],
    queryFn: async () => {
      const asked = [
        chains(api),
        ...(may('withdrawals:read') ? [approvals(api)] : []),
        ...(may('reconciliation:read') ? [differences(api)] : []),
        ...(may('letters:read') ? [letters(api)] : []),
      ]
      return (await Promise.all(asked)).flat().filter(({ count }) => count > 0)
    },
    refetchInterval: 10_000,
  })
}

async function chains(api: CofferClient): Promise<Waiting[]> {
  const { items } = await answerOf(api.GET('/v1/chains'))
  const counted = (key: TextKey, tone: Waiting['tone'], count: number): Waiting => ({
    ...{ key, tone, count, isMore: false, to: '/chains' },
  })
  const isLate = ({ lagSeconds }: (typeof items)[number]) => (lagSeconds ?? 0) > LATE_SECONDS
  return [
    counted('overview.latched', 'bad', items.filter(({ latched }) => latched).length),
    counted('overview.behind', 'bad', items.filter(isLate).length),
    counted(
      'overview.gaps',
      'wait',
      items.reduce((sum, { gaps }) => sum + gaps, 0),
    ),
  ]
}

/** Behind for so long that somebody should know. */
const LATE_SECONDS = 300

async function approvals(api: CofferClient): Promise<Waiting[]> {
  const query = { status: 'awaiting_approval', limit: LIMIT } as const
  const { items, nextCursor } = await answerOf(api.GET('/v1/withdrawals', { params: { query } }))
  return [
    {
      ...{ key: 'overview.approvals', tone: 'wait', count: items.length },
      ...{ isMore: nextCursor !== null, to: '/withdrawals' },
      search: { status: 'awaiting_approval' },
    },
  ]
}

async function differences(api: CofferClient): Promise<Waiting[]> {
  const query = { status: 'open', limit: LIMIT } as const
  const path = '/v1/reconciliation/differences'
  const { items, nextCursor } = await answerOf(api.GET(path, { params: { query } }))
  return [
    {
      ...{ key: 'overview.differences', tone: 'bad', count: items.length },
      ...{ isMore: nextCursor !== null, to: '/reconciliation' },
    },
  ]
}

/** Topics whose consumers put aside what they can't handle. */
export const LETTER_TOPICS = [
  ...(['wallet.events', 'payment.events', 'order.events', 'merchant.events'] as const),
  ...(['accounting.events', 'settlement.events', 'channel.events'] as const),
] as const

async function letters(api: CofferClient): Promise<Waiting[]> {
  const path = '/v1/admin/dead-letters'
  return await Promise.all(
    LETTER_TOPICS.map(async (topic): Promise<Waiting> => {
      // The API knows its topics; what is none of them it refuses in words.
      const query = { topic: topic as never, state: 'pending', limit: LIMIT } as const
      const { items, nextCursor } = await answerOf(api.GET(path, { params: { query } }))
      return {
        ...{ key: 'overview.letters', tone: 'bad', count: items.length },
        ...{ isMore: nextCursor !== null && items.length > 0, to: '/dead-letters' },
        search: { topic },
      }
    }),
  )
}
