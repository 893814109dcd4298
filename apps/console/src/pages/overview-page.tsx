import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/texts.ts'
import { Card } from '../parts/card.tsx'
import { LivePill } from '../parts/live-pill.tsx'
import { Page } from '../parts/page.tsx'
import { Pill } from '../parts/pill.tsx'
import { Answer, Note } from '../parts/states.tsx'
import { useLiveDeposits } from '../reads/use-live-deposits.ts'
import { useNewestDeposits } from '../reads/use-newest-deposits.ts'
import { useWaiting, type Waiting } from '../reads/use-waiting.ts'
import { DepositList } from './deposit-list.tsx'

/** Deposits that are shown here; all of them have a page. */
const NEWEST = 10

/** What waits for somebody, and what comes in: what to look at first, at any hour. */
export function OverviewPage() {
  const { t } = useTexts()
  const state = useLiveDeposits()
  const waiting = useWaiting()
  const { data, error, refetch } = useNewestDeposits(state)
  return (
    <Page
      title={t('overview.title')}
      hint={t('overview.hint')}
      actions={<LivePill state={state} />}
    >
      <Card title={t('overview.waits')}>
        <Answer of={waiting}>{(found) => <WaitingList of={found} />}</Answer>
      </Card>
      <DepositList
        title={t('overview.newest')}
        of={{ data: data?.slice(0, NEWEST), error, refetch }}
        empty={{ title: t('deposits.empty'), hint: t('deposits.emptyHint') }}
      />
    </Page>
  )
}

function WaitingList({ of }: { of: readonly Waiting[] }) {
  const { t } = useTexts()
  if (of.length === 0) {
    return <Note title={t('overview.nothing')}>{t('overview.nothingHint')}</Note>
  }
  return (
    <ul className="waiting">
      {of.map(({ key, count, isMore, to, search, tone }) => (
        <li key={key}>
          <Link to={to} {...(search ? { search } : {})}>
            {t(key)}
          </Link>
          <Pill tone={tone}>{isMore ? `${count}+` : `${count}`}</Pill>
        </li>
      ))}
    </ul>
  )
}
