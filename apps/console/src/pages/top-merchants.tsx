import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { List } from '../parts/list.tsx'

type Props = { asset: string; from: string; to: string }

/** Whose payments brought most of an asset. */
export function TopMerchants({ asset, from, to }: Props) {
  const { t } = useTexts()
  const api = useApi()
  const query = { asset, from, to }
  const top = useQuery({
    queryKey: ['top-merchants', query],
    queryFn: async () =>
      (await answerOf(api.GET('/v1/analytics/top-merchants', { params: { query } }))).items,
  })
  return (
    <List
      title={t('analytics.top')}
      caption={t('analytics.top')}
      of={top}
      keyOf={({ merchantId }) => merchantId}
      empty={{ title: t('analytics.empty') }}
      columns={[
        {
          name: t('field.merchant'),
          cell: ({ merchantId: id, name }) => (
            <Link to="/merchants/$id" params={{ id }}>
              {name ?? id}
            </Link>
          ),
        },
        { name: t('field.count'), isFigure: true, cell: ({ count }) => count },
        {
          name: t('analytics.volume'),
          isFigure: true,
          cell: ({ amount }) => <Amount of={amount} asset={asset} />,
        },
        {
          name: t('analytics.fees'),
          isFigure: true,
          cell: ({ fees }) => <Amount of={fees} asset={asset} isBare />,
        },
      ]}
    />
  )
}
