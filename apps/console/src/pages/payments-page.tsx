import { answerOf } from '@coffer/client/coffer-client'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Filters } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { StatusChoice } from '../parts/status-choice.tsx'
import { usePages } from '../reads/use-pages.ts'
import { PaymentList } from './payment-list.tsx'

const STATUSES = [
  ...(['created', 'partially_paid', 'paid', 'overpaid', 'paid_late'] as const),
  ...(['duplicate', 'expired', 'failed', 'charged_back'] as const),
] as const
type Status = (typeof STATUSES)[number]

/** What merchants ask for, as it comes in. */
export function PaymentsPage() {
  const { t } = useTexts()
  const api = useApi()
  const [status, setStatus] = useState<Status | ''>('')
  const query = status === '' ? {} : { status }
  const payments = usePages(
    ['payments', query],
    (cursor) => answerOf(api.GET('/v1/payments', { params: { query: { ...query, ...cursor } } })),
    { refetchMs: 2_000 },
  )
  return (
    <Page title={t('payments.title')} hint={t('payments.hint')}>
      <Filters>
        <StatusChoice of={STATUSES} value={status} onChange={setStatus} />
      </Filters>
      <PaymentList of={payments} />
    </Page>
  )
}
