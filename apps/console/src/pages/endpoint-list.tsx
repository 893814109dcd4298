import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Ago } from '../parts/ago.tsx'
import { grouped } from '../parts/amount.tsx'
import { List } from '../parts/list.tsx'
import { Pill, type Tone } from '../parts/pill.tsx'
import type { ItemOf } from '../reads/answers.ts'

type Endpoint = ItemOf<'/v1/admin/endpoints'>

const TONES: Readonly<Record<Endpoint['state'], Tone>> = {
  asked: 'good',
  resting: 'bad',
  foreign: 'bad',
}

/** How the nodes do that chains are read from, as scanners see them. */
export function EndpointList() {
  const { t } = useTexts()
  const api = useApi()
  const endpoints = useQuery({
    queryKey: ['endpoints-health'],
    queryFn: async () => (await answerOf(api.GET('/v1/admin/endpoints'))).items,
    refetchInterval: 5_000,
  })
  return (
    <List
      title={t('chains.endpoints')}
      caption={t('chains.endpoints')}
      of={endpoints}
      keyOf={({ chain, endpoint }) => `${chain} ${endpoint}`}
      empty={{ title: t('chains.noEndpoints') }}
      columns={[
        { name: t('field.chain'), cell: ({ chain }) => chain },
        {
          name: t('chains.endpoint'),
          cell: ({ endpoint }) => <span className="mono wrap">{endpoint}</span>,
        },
        {
          name: t('field.status'),
          cell: ({ state }) => <Pill tone={TONES[state]}>{t(`chains.endpoint.${state}`)}</Pill>,
        },
        {
          name: t('chains.head'),
          isFigure: true,
          cell: ({ head }) => (head === null ? '–' : grouped(`${head}`)),
        },
        { name: t('chains.behindBy'), isFigure: true, cell: ({ lagBlocks }) => lagBlocks },
        { name: t('chains.latency'), isFigure: true, cell: ({ latencyMs }) => `${latencyMs} ms` },
        { name: t('chains.failures'), isFigure: true, cell: ({ failures }) => failures },
        { name: t('chains.toldAt'), cell: ({ toldAt }) => <Ago at={toldAt} /> },
      ]}
    />
  )
}
