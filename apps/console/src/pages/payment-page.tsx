import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Hash } from '../parts/hash.tsx'
import { MerchantLink } from '../parts/merchant-link.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'
import { DepositList } from './deposit-list.tsx'
import type { Payment } from './payment-list.tsx'
import { RefundCard } from './refund-card.tsx'

/** One payment: what is asked for, what came in, what went back. */
export function PaymentPage() {
  const { t } = useTexts()
  const api = useApi()
  const { id = '' } = useParams({ strict: false })
  const payment = useQuery({
    queryKey: ['payment', id],
    queryFn: () => answerOf(api.GET('/v1/payments/{id}', { params: { path: { id } } })),
    refetchInterval: 2_000,
  })
  const deposits = usePages(
    ['deposits', { owner: id }],
    (cursor) => answerOf(api.GET('/v1/deposits', { params: { query: { owner: id, ...cursor } } })),
    { refetchMs: 2_000, isOn: payment.data?.channel === 'onchain' },
  )
  return (
    <Page
      title={payment.data?.reference ?? t('payments.one')}
      crumb={<Link to="/payments">{t('app.back', { page: t('payments.title') })}</Link>}
      actions={
        <a className="button" href={`/pay/${id}`} target="_blank" rel="noreferrer">
          {t('payments.page')}
        </a>
      }
    >
      <Answer of={payment}>
        {(found) => (
          <>
            <div className="split">
              <PaymentFacts of={found} />
              <RefundCard payment={found} />
            </div>
            {found.channel === 'onchain' ? (
              <DepositList
                title={t('payments.deposits')}
                of={deposits}
                empty={{ title: t('deposits.empty') }}
              />
            ) : null}
          </>
        )}
      </Answer>
    </Page>
  )
}

function PaymentFacts({ of }: { of: Payment }) {
  const { t } = useTexts()
  return (
    <Card isPadded>
      <Facts
        of={[
          [t('field.status'), <StatusPill key="status" status={of.status} />],
          [t('field.amount'), <Amount key="amount" of={of.amount} asset={of.asset} />],
          [t('field.received'), <Amount key="received" of={of.received} asset={of.asset} />],
          [t('field.fee'), <Amount key="fee" of={of.fee} asset={of.asset} />],
          [t('field.channel'), of.channel],
          [
            t('field.address'),
            of.address === null ? '–' : <Hash key="a" of={of.address} what={t('field.address')} />,
          ],
          [t('field.merchant'), <MerchantLink key="merchant" id={of.merchant} />],
          [
            t('orders.one'),
            <Link key="order" to="/orders/$id" params={{ id: of.order }}>
              {of.reference}
            </Link>,
          ],
          [t('field.created'), <When key="created" at={of.createdAt} />],
          [t('field.expires'), <When key="expires" at={of.expiresAt} />],
          [t('field.paid'), <When key="paid" at={of.paidAt} />],
          ...(of.reason === null ? [] : [[t('app.reason'), of.reason] as const]),
        ]}
      />
    </Card>
  )
}
