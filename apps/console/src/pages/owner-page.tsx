import { ApiProblem } from '@coffer/client/api-problem'
import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useParams } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { AssetName } from '../parts/asset-name.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { List } from '../parts/list.tsx'
import { LivePill } from '../parts/live-pill.tsx'
import { Page } from '../parts/page.tsx'
import { Failure } from '../parts/states.tsx'
import { useLiveDeposits } from '../reads/use-live-deposits.ts'
import { useNewestDeposits } from '../reads/use-newest-deposits.ts'
import { AddressCard } from './address-card.tsx'
import { DepositList } from './deposit-list.tsx'
import { StatementCard } from './statement-card.tsx'

/** Whoever owns something: a user here, and elsewhere a merchant or a payment. */
export function OwnerPage() {
  const api = useApi()
  const { id = '' } = useParams({ strict: false })
  const user = useQuery({
    queryKey: ['user', id],
    queryFn: () => answerOf(api.GET('/v1/users/{id}', { params: { path: { id } } })),
  })
  if (user.error && isUnknown(user.error)) return <OtherOwner id={id} error={user.error} />
  if (user.error) return <Failure error={user.error} onRetry={() => void user.refetch()} />
  return <User key={id} id={id} name={user.data?.externalId ?? id} />
}

const isUnknown = (error: unknown): boolean =>
  error instanceof ApiProblem && error.problem.status === 404

/** Books name owners by ids alone: this one is no user's. */
function OtherOwner({ id, error }: { id: string; error: unknown }) {
  const api = useApi()
  const params = { path: { id } }
  const merchant = useQuery({
    queryKey: ['merchant', id],
    queryFn: () => answerOf(api.GET('/v1/merchants/{id}', { params })),
  })
  const payment = useQuery({
    queryKey: ['payment', id],
    queryFn: () => answerOf(api.GET('/v1/payments/{id}', { params })),
  })
  if (merchant.data) return <Navigate to="/merchants/$id" params={{ id }} replace />
  if (payment.data) return <Navigate to="/payments/$id" params={{ id }} replace />
  return merchant.error && payment.error ? <Failure error={error} /> : null
}

/** One user: addresses, balances, and what came in. */
function User({ id, name }: { id: string; name: string }) {
  const { t } = useTexts()
  const state = useLiveDeposits({ owner: id })
  const deposits = useNewestDeposits(state, { owner: id }, 20)
  const balances = useBalances(id)
  return (
    <Page
      title={name}
      crumb={<Link to="/owners">{t('app.back', { page: t('owners.title') })}</Link>}
      actions={
        <>
          <span>
            <span className="mono">{id}</span> <CopyButton text={id} what={t('field.id')} />
          </span>
          <LivePill state={state} />
        </>
      }
    >
      <div className="split">
        <List
          title={t('owners.balances')}
          caption={t('owners.balances')}
          of={balances}
          keyOf={({ asset }) => asset}
          empty={{ title: t('owners.noBalances') }}
          columns={[
            { name: t('field.asset'), cell: ({ asset }) => <AssetName id={asset} /> },
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
        <AddressCard owner={id} />
      </div>
      <DepositList
        title={t('deposits.title')}
        of={deposits}
        empty={{ title: t('deposits.empty'), hint: t('deposits.emptyHint') }}
      />
      {balances.data === undefined ? null : (
        <StatementCard owner={id} name={name} assets={balances.data.map(({ asset }) => asset)} />
      )}
    </Page>
  )
}

function useBalances(id: string) {
  const api = useApi()
  return useQuery({
    queryKey: ['balances', id],
    queryFn: async () => {
      const params = { path: { id } }
      return (await answerOf(api.GET('/v1/users/{id}/balances', { params }))).items
    },
    refetchInterval: 2_000,
  })
}
