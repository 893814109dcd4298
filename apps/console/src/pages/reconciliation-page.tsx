import { answerOf } from '@coffer/client/coffer-client'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Done } from '../parts/done.tsx'
import { Filters } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Failure } from '../parts/states.tsx'
import { StatusChoice } from '../parts/status-choice.tsx'
import { When } from '../parts/when.tsx'
import { useChains } from '../reads/use-chains.ts'
import { usePages } from '../reads/use-pages.ts'

const STATUSES = ['open', 'explained', 'adjusted'] as const
type Status = (typeof STATUSES)[number]

/** Where our books and somebody else's word do not agree. */
export function ReconciliationPage() {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const [status, setStatus] = useState<Status | ''>('open')
  const query = status === '' ? {} : { status }
  const differences = usePages(
    ['differences', query],
    (cursor) =>
      answerOf(
        api.GET('/v1/reconciliation/differences', { params: { query: { ...query, ...cursor } } }),
      ),
    { refetchMs: 4_000 },
  )
  return (
    <Page
      title={t('reconciliation.title')}
      hint={t('reconciliation.hint')}
      actions={may('reconciliation:write') ? <Runs /> : null}
    >
      <Filters>
        <StatusChoice of={STATUSES} value={status} onChange={setStatus} />
      </Filters>
      <List
        caption={t('reconciliation.title')}
        of={differences}
        keyOf={({ id }) => id}
        empty={{ title: t('reconciliation.empty'), hint: t('reconciliation.emptyHint') }}
        columns={[
          {
            name: t('field.kind'),
            cell: ({ id, kind }) => (
              <Link to="/reconciliation/$id" params={{ id }}>
                {kind.replaceAll('_', ' ')}
              </Link>
            ),
          },
          { name: t('field.status'), cell: (each) => <StatusPill status={each.status} /> },
          { name: t('reconciliation.place'), cell: ({ place }) => place },
          {
            name: t('reconciliation.ours'),
            isFigure: true,
            cell: ({ ours }) => (ours ? <Amount of={ours.amount} asset={ours.asset} /> : '–'),
          },
          {
            name: t('reconciliation.theirs'),
            isFigure: true,
            cell: ({ theirs }) =>
              theirs ? <Amount of={theirs.amount} asset={theirs.asset} /> : '–',
          },
          { name: t('reconciliation.noticed'), cell: ({ noticedAt }) => <When at={noticedAt} /> },
        ]}
      />
    </Page>
  )
}

/** Starts runs against the channel and every chain. */
function Runs() {
  const { t } = useTexts()
  const api = useApi()
  const { data: chains = [] } = useChains()
  const run = useMutation({
    mutationFn: async () => {
      const path = '/v1/reconciliation/runs'
      await answerOf(api.POST(path, { body: { scope: 'channel' } }))
      for (const { chain } of chains) {
        await answerOf(api.POST(path, { body: { scope: 'chain', chain } }))
      }
    },
  })
  return (
    <>
      {run.error ? <Failure error={run.error} /> : null}
      <Done>{run.isSuccess ? t('reconciliation.asked') : undefined}</Done>
      <button
        type="button"
        className="button primary"
        disabled={run.isPending}
        onClick={() => run.mutate()}
      >
        {t('reconciliation.run')}
      </button>
    </>
  )
}
