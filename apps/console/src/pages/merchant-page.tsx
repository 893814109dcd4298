import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Page } from '../parts/page.tsx'
import { Answer } from '../parts/states.tsx'
import { assetOf } from '../reads/asset-of.ts'
import { useAssets } from '../reads/use-assets.ts'
import { usePages } from '../reads/use-pages.ts'
import { MerchantBalances } from './merchant-balances.tsx'
import { PaymentList } from './payment-list.tsx'

/** One merchant: what it is owed, how it is settled, and its payments. */
export function MerchantPage() {
  const { t } = useTexts()
  const api = useApi()
  const { id = '' } = useParams({ strict: false })
  const merchant = useQuery({
    queryKey: ['merchant', id],
    queryFn: () => answerOf(api.GET('/v1/merchants/{id}', { params: { path: { id } } })),
  })
  const payments = usePages(
    ['payments', { merchant: id }],
    (cursor) =>
      answerOf(api.GET('/v1/payments', { params: { query: { merchant: id, ...cursor } } })),
    { refetchMs: 3_000 },
  )
  return (
    <Page
      title={merchant.data?.name ?? id}
      hint={merchant.data?.email ?? ''}
      crumb={<Link to="/merchants">{t('app.back', { page: t('merchants.title') })}</Link>}
      actions={
        <Link className="button" to="/webhooks" search={{ merchant: id }}>
          {t('webhooks.title')}
        </Link>
      }
    >
      <MerchantBalances id={id} />
      <Terms id={id} />
      <PaymentList title={t('payments.title')} of={payments} />
    </Page>
  )
}

function Terms({ id }: { id: string }) {
  const { t } = useTexts()
  const api = useApi()
  const assets = useAssets()
  const params = { path: { id } }
  const terms = useQuery({
    queryKey: ['terms', id],
    queryFn: () => answerOf(api.GET('/v1/merchants/{id}/settlement-settings', { params })),
  })
  return (
    <Card title={t('merchants.terms')} isPadded>
      <Answer of={terms}>
        {({ holdBackDays, reserveBasisPoints, reserveDays, schedule, thresholds }) => (
          <Facts
            of={[
              [t('merchants.holdBack'), holdBackDays],
              [t('merchants.reserveShare'), `${reserveBasisPoints / 100} %, ${reserveDays} d`],
              [t('merchants.daily'), schedule === null ? '–' : `${schedule.dailyAt} UTC`],
              ...Object.entries(thresholds).map(
                ([asset, amount]) =>
                  [
                    t('merchants.threshold', { symbol: assetOf(assets, asset)?.symbol ?? asset }),
                    <Amount key={asset} of={amount} asset={asset} />,
                  ] as const,
              ),
            ]}
          />
        )}
      </Answer>
    </Card>
  )
}
