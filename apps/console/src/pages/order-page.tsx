import { answerOf } from '@coffer/client/coffer-client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { May } from '../parts/may.tsx'
import { MerchantLink } from '../parts/merchant-link.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { PaymentList } from './payment-list.tsx'

/** One order with its payments. */
export function OrderPage() {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const { id = '' } = useParams({ strict: false })
  const [isAsking, setAsking] = useState(false)
  const params = { path: { id } }
  const order = useQuery({
    queryKey: ['order', id],
    queryFn: () => answerOf(api.GET('/v1/orders/{id}', { params })),
    refetchInterval: 3_000,
  })
  const cancel = async () => {
    await answerOf(api.POST('/v1/orders/{id}/cancel', { params }))
    await queries.invalidateQueries({ queryKey: ['order', id] })
  }
  return (
    <Page
      title={order.data?.reference ?? t('orders.one')}
      crumb={<Link to="/orders">{t('app.back', { page: t('orders.title') })}</Link>}
      actions={
        order.data?.status === 'open' ? (
          <May scope="payments:write">
            <button type="button" className="button danger" onClick={() => setAsking(true)}>
              {t('orders.cancel')}
            </button>
          </May>
        ) : null
      }
    >
      <Answer of={order}>
        {(found) => (
          <>
            <Card isPadded>
              <Facts
                of={[
                  [t('field.status'), <StatusPill key="status" status={found.status} />],
                  [
                    t('field.amount'),
                    <Amount key="amount" of={found.amount} asset={found.asset} />,
                  ],
                  [t('field.description'), found.description ?? '–'],
                  [t('field.merchant'), <MerchantLink key="merchant" id={found.merchant} />],
                  [t('field.created'), <When key="created" at={found.createdAt} />],
                ]}
              />
            </Card>
            <PaymentList
              title={t('payments.title')}
              of={{ data: found.payments, error: null, refetch: order.refetch }}
            />
          </>
        )}
      </Answer>
      {isAsking ? (
        <Sheet
          title={t('orders.cancel')}
          action={t('orders.cancel')}
          isDanger
          onClose={() => setAsking(false)}
          onSubmit={cancel}
        >
          <p>{t('orders.cancelHint')}</p>
        </Sheet>
      ) : null}
    </Page>
  )
}
