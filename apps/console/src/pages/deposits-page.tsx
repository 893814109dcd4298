import { answerOf } from '@coffer/client/coffer-client'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Filters, TextField } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { StatusChoice } from '../parts/status-choice.tsx'
import { usePages } from '../reads/use-pages.ts'
import { DepositList } from './deposit-list.tsx'

const STATUSES = ['seen', 'final', 'credited', 'orphaned', 'reversed', 'rejected'] as const
type Status = (typeof STATUSES)[number]

/** Deposits as they come in. */
export function DepositsPage() {
  const { t } = useTexts()
  const api = useApi()
  const [status, setStatus] = useState<Status | ''>('')
  const [owner, setOwner] = useState('')
  const query = { ...(status === '' ? {} : { status }), ...(owner === '' ? {} : { owner }) }
  const deposits = usePages(
    ['deposits', query],
    (cursor) => answerOf(api.GET('/v1/deposits', { params: { query: { ...query, ...cursor } } })),
    { refetchMs: 1_500 },
  )
  return (
    <Page
      title={t('deposits.title')}
      hint={t('deposits.hint')}
      actions={
        <span className="live" data-lost={Boolean(deposits.error)} role="status">
          {t(deposits.error ? 'app.lost' : 'app.live')}
        </span>
      }
    >
      <Filters>
        <StatusChoice of={STATUSES} value={status} onChange={setStatus} />
        <TextField label={t('field.owner')} value={owner} onChange={setOwner} type="search" />
      </Filters>
      <DepositList
        of={deposits}
        empty={{ title: t('deposits.empty'), hint: t('deposits.emptyHint') }}
      />
    </Page>
  )
}
