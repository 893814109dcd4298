import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Page } from '../parts/page.tsx'
import { Pill } from '../parts/pill.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { EntryTable } from './entry-table.tsx'

/** One transaction of the ledger with its entries, which add up to nothing. */
export function TransactionPage() {
  const { t } = useTexts()
  const api = useApi()
  const { id = '' } = useParams({ strict: false })
  const transaction = useQuery({
    queryKey: ['transaction', id],
    queryFn: () => answerOf(api.GET('/v1/ledger/transactions/{id}', { params: { path: { id } } })),
  })
  return (
    <Page
      title={t('ledger.transaction')}
      hint={transaction.data?.code ?? ''}
      crumb={<Link to="/ledger">{t('app.back', { page: t('ledger.title') })}</Link>}
    >
      <Answer of={transaction}>
        {(found) => (
          <>
            <Card isPadded>
              <Facts
                of={[
                  [
                    t('field.reference'),
                    <span key="r" className="mono">
                      {found.reference}
                    </span>,
                  ],
                  [t('field.code'), found.code],
                  [t('field.owner'), <OwnerLink key="owner" id={found.owner} />],
                  [t('ledger.eventAt'), <When key="event" at={found.eventAt} />],
                  [t('ledger.recordedAt'), <When key="recorded" at={found.recordedAt} />],
                  [
                    t('field.status'),
                    found.refused ? (
                      <Pill key="refused" tone="bad">
                        {t('ledger.refused')}
                      </Pill>
                    ) : (
                      (found.phase ?? '–')
                    ),
                  ],
                ]}
              />
            </Card>
            <Card title={t('ledger.entries')}>
              <EntryTable entries={found.entries} />
            </Card>
          </>
        )}
      </Answer>
    </Page>
  )
}
