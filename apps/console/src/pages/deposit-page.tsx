import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Confirmations } from '../parts/confirmations.tsx'
import { Facts } from '../parts/facts.tsx'
import { Hash } from '../parts/hash.tsx'
import { May } from '../parts/may.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { useNeeded } from '../reads/use-chains.ts'
import { neededBy } from './deposit-list.tsx'
import { DepositStory } from './deposit-story.tsx'
import { ReleaseDeposit } from './release-deposit.tsx'

/** One deposit, and all that became of it. */
export function DepositPage() {
  const { t } = useTexts()
  const api = useApi()
  const { id = '' } = useParams({ strict: false })
  const needed = useNeeded()
  const deposit = useQuery({
    queryKey: ['deposit', id],
    queryFn: () => answerOf(api.GET('/v1/deposits/{id}', { params: { path: { id } } })),
    refetchInterval: 2_000,
  })
  return (
    <Page
      title={t('deposits.story')}
      crumb={<Link to="/deposits">{t('app.back', { page: t('deposits.title') })}</Link>}
      actions={
        deposit.data?.status === 'rejected' ? (
          <May scope="deposits:release">
            <ReleaseDeposit of={deposit.data} />
          </May>
        ) : null
      }
    >
      <Answer of={deposit}>
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
                  [
                    t('field.confirmations'),
                    <Confirmations
                      key="confirmations"
                      count={found.confirmations}
                      needed={neededBy(found, needed)}
                      status={found.status}
                    />,
                  ],
                  [t('field.owner'), <OwnerLink key="owner" id={found.owner} />],
                  [t('field.chain'), found.chain],
                  [t('field.from'), <Hash key="from" of={found.from} what={t('field.from')} />],
                  [t('field.to'), <Hash key="to" of={found.to} what={t('field.to')} />],
                  [
                    t('field.transaction'),
                    <Hash key="hash" of={found.txHash} what={t('field.hash')} />,
                  ],
                  [
                    t('field.position'),
                    <span key="position" className="mono">
                      {found.position}
                    </span>,
                  ],
                  [t('field.seen'), <When key="seen" at={found.seenAt} />],
                  [t('status.credited'), <When key="credited" at={found.creditedAt} />],
                ]}
              />
            </Card>
            <DepositStory of={found} />
          </>
        )}
      </Answer>
    </Page>
  )
}
