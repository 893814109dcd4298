import { answerOf } from '@coffer/client/coffer-client'
import { useMutation } from '@tanstack/react-query'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { List } from '../parts/list.tsx'
import { MerchantLink } from '../parts/merchant-link.tsx'
import { Page } from '../parts/page.tsx'
import { Failure } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'
import { saveBlob } from './save-blob.ts'

/** What was settled, with its reports. */
export function SettlementsPage() {
  const { t } = useTexts()
  const api = useApi()
  const settlements = usePages(
    ['settlements'],
    (cursor) => answerOf(api.GET('/v1/settlements', { params: { query: cursor } })),
    { refetchMs: 5_000 },
  )
  const report = useMutation({
    mutationFn: async ({ id, kind }: { id: string; kind: 'csv' | 'pdf' }) => {
      const path = `/v1/settlements/{id}/report.${kind}` as const
      const asked = api.GET(path, { params: { path: { id } }, parseAs: 'blob' })
      saveBlob(`settlement-${id}.${kind}`, (await answerOf(asked)) as unknown as Blob)
    },
  })
  return (
    <Page title={t('settlements.title')} hint={t('settlements.hint')}>
      {report.error ? <Failure error={report.error} /> : null}
      <List
        caption={t('settlements.title')}
        of={settlements}
        keyOf={({ id }) => id}
        empty={{ title: t('settlements.empty') }}
        columns={[
          {
            name: t('settlements.completed'),
            cell: ({ completedAt }) => <When at={completedAt} />,
          },
          {
            name: t('field.merchant'),
            cell: ({ merchantId }) => <MerchantLink id={merchantId} />,
          },
          {
            name: t('field.amount'),
            isFigure: true,
            cell: ({ amount, asset }) => <Amount of={amount} asset={asset} />,
          },
          {
            name: t('field.available'),
            isFigure: true,
            cell: ({ available, asset }) => <Amount of={available} asset={asset} isBare />,
          },
          {
            name: t('field.reserve'),
            isFigure: true,
            cell: ({ reserve, asset }) => <Amount of={reserve} asset={asset} isBare />,
          },
          {
            name: t('settlements.lines'),
            isFigure: true,
            cell: ({ transactions }) => transactions,
          },
          { name: t('settlements.cause'), cell: ({ cause }) => cause },
          {
            name: t('settlements.report'),
            cell: ({ id }) =>
              (['csv', 'pdf'] as const).map((kind) => (
                <button
                  key={kind}
                  type="button"
                  className="button plain"
                  onClick={() => report.mutate({ id, kind })}
                >
                  {kind.toUpperCase()}
                </button>
              )),
          },
        ]}
      />
    </Page>
  )
}
