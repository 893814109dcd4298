import { answerOf } from '@coffer/client/coffer-client'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Page } from '../parts/page.tsx'
import { usePages } from '../reads/use-pages.ts'
import { OrderList } from './order-list.tsx'

/** What is to be paid for. */
export function OrdersPage() {
  const { t } = useTexts()
  const api = useApi()
  const orders = usePages(
    ['orders'],
    (cursor) => answerOf(api.GET('/v1/orders', { params: { query: cursor } })),
    { refetchMs: 3_000 },
  )
  return (
    <Page title={t('orders.title')} hint={t('orders.hint')}>
      <OrderList of={orders} />
    </Page>
  )
}
