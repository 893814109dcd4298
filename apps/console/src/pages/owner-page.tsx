import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { usePages } from '../reads/use-pages.ts'
import { AddressCard } from './address-card.tsx'
import { DepositList } from './deposit-list.tsx'

/** One user: addresses, balances, and what came in. */
export function OwnerPage() {
  const { t } = useTexts()
  const api = useApi()
  const { id = '' } = useParams({ strict: false })
  const user = useQuery({
    queryKey: ['user', id],
    queryFn: () => answerOf(api.GET('/v1/users/{id}', { params: { path: { id } } })),
  })
  const deposits = usePages(
    ['deposits', { owner: id }],
    (cursor) =>
      answerOf(api.GET('/v1/deposits', { params: { query: { owner: id, limit: 20, ...cursor } } })),
    { refetchMs: 2_000 },
  )
  return (
    <Page
      title={user.data?.externalId ?? id}
      crumb={<Link to="/owners">{t('app.back', { page: t('owners.title') })}</Link>}
      actions={
        <span>
          <span className="mono">{id}</span> <CopyButton text={id} what={t('field.id')} />
        </span>
      }
    >
      <div className="split">
        <Balances id={id} />
        <AddressCard owner={id} />
      </div>
      <DepositList
        title={t('deposits.title')}
        of={deposits}
        empty={{ title: t('deposits.empty'), hint: t('deposits.emptyHint') }}
      />
    </Page>
  )
}

function Balances({ id }: { id: string }) {
  const { t } = useTexts()
  const api = useApi()
  const balances = useQuery({
    queryKey: ['balances', id],
    queryFn: async () => {
      const params = { path: { id } }
      return (await answerOf(api.GET('/v1/users/{id}/balances', { params }))).items
    },
    refetchInterval: 2_000,
  })
  return (
    <List
      title={t('owners.balances')}
      caption={t('owners.balances')}
      of={balances}
      keyOf={({ asset }) => asset}
      empty={{ title: t('owners.noBalances') }}
      columns={[
        { name: t('field.asset'), cell: ({ symbol, asset }) => symbol ?? asset },
        {
          name: t('field.available'),
          isFigure: true,
          cell: ({ available, asset }) => <Amount of={available} asset={asset} isBare />,
        },
        {
          name: t('field.held'),
          isFigure: true,
          cell: ({ held, asset }) => <Amount of={held} asset={asset} isBare />,
        },
      ]}
    />
  )
}
