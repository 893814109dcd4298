import { answerOf } from '@coffer/client/coffer-client'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Filters } from '../parts/field.tsx'
import { shortened } from '../parts/hash.tsx'
import { List } from '../parts/list.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { StatusChoice } from '../parts/status-choice.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'

const STATUSES = [
  ...(['awaiting_approval', 'queued', 'paying', 'broadcast'] as const),
  ...(['completed', 'failed', 'cancelled'] as const),
] as const
type Status = (typeof STATUSES)[number]

/** Withdrawals, from request to the block that paid them. */
export function WithdrawalsPage() {
  const { t } = useTexts()
  const api = useApi()
  const search = useSearch({ strict: false }) as { status?: string }
  const asked = STATUSES.find((each) => each === search.status)
  const [status, setStatus] = useState<Status | ''>(asked ?? '')
  const query = status === '' ? {} : { status }
  const withdrawals = usePages(
    ['withdrawals', query],
    (cursor) =>
      answerOf(api.GET('/v1/withdrawals', { params: { query: { ...query, ...cursor } } })),
    { refetchMs: 2_000 },
  )
  return (
    <Page title={t('withdrawals.title')} hint={t('withdrawals.hint')}>
      <Filters>
        <StatusChoice of={STATUSES} value={status} onChange={setStatus} />
      </Filters>
      <List
        caption={t('withdrawals.title')}
        of={withdrawals}
        keyOf={({ id }) => id}
        empty={{ title: t('withdrawals.empty') }}
        columns={[
          {
            name: t('field.id'),
            cell: ({ id }) => (
              <Link to="/withdrawals/$id" params={{ id }} className="mono">
                {shortened(id)}
              </Link>
            ),
          },
          { name: t('field.status'), cell: (each) => <StatusPill status={each.status} /> },
          {
            name: t('field.amount'),
            isFigure: true,
            cell: ({ amount, asset }) => <Amount of={amount} asset={asset} />,
          },
          {
            name: t('field.to'),
            cell: ({ to }) => (
              <span className="mono" title={to}>
                {shortened(to)}
              </span>
            ),
          },
          { name: t('field.owner'), cell: ({ owner }) => <OwnerLink id={owner} /> },
          { name: t('field.requested'), cell: ({ requestedAt }) => <When at={requestedAt} /> },
        ]}
      />
    </Page>
  )
}
