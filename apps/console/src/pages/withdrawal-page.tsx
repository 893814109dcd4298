import { answerOf } from '@coffer/client/coffer-client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Done } from '../parts/done.tsx'
import { Facts } from '../parts/facts.tsx'
import { TextField } from '../parts/field.tsx'
import { Hash } from '../parts/hash.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'

type Withdrawal = ItemOf<'/v1/withdrawals'>
type Deed = 'approve' | 'cancel'

/** One withdrawal, and what a second person decides about it. */
export function WithdrawalPage() {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const { id = '' } = useParams({ strict: false })
  const [asked, setAsked] = useState<Deed>()
  const [done, setDone] = useState<Deed>()
  const withdrawal = useQuery({
    queryKey: ['withdrawal', id],
    queryFn: () => answerOf(api.GET('/v1/withdrawals/{id}', { params: { path: { id } } })),
    refetchInterval: 2_000,
  })
  const isWaiting = withdrawal.data?.status === 'awaiting_approval'
  const isQueued = isWaiting || withdrawal.data?.status === 'queued'
  const said = { approve: t('withdrawals.approved'), cancel: t('withdrawals.cancelled') }
  return (
    <Page
      title={t('withdrawals.one')}
      crumb={<Link to="/withdrawals">{t('app.back', { page: t('withdrawals.title') })}</Link>}
      actions={
        <>
          {isWaiting && may('withdrawals:approve') ? (
            <button type="button" className="button primary" onClick={() => setAsked('approve')}>
              {t('withdrawals.approve')}
            </button>
          ) : null}
          {isQueued && may('withdrawals:write') ? (
            <button type="button" className="button danger" onClick={() => setAsked('cancel')}>
              {t('withdrawals.cancel')}
            </button>
          ) : null}
        </>
      }
    >
      <Done>{done && said[done]}</Done>
      <Answer of={withdrawal}>
        {(found) => (
          <>
            <WithdrawalFacts of={found} />
            {asked === undefined ? null : (
              <Decide
                of={found}
                deed={asked}
                onClose={() => setAsked(undefined)}
                onDone={() => setDone(asked)}
              />
            )}
          </>
        )}
      </Answer>
    </Page>
  )
}

function WithdrawalFacts({ of }: { of: Withdrawal }) {
  const { t } = useTexts()
  return (
    <Card isPadded>
      <Facts
        of={[
          [t('field.status'), <StatusPill key="status" status={of.status} />],
          [t('field.amount'), <Amount key="amount" of={of.amount} asset={of.asset} />],
          [t('field.fee'), <Amount key="fee" of={of.fee} asset={of.asset} />],
          [t('field.to'), <Hash key="to" of={of.to} what={t('field.address')} isWhole />],
          [t('field.owner'), <OwnerLink key="owner" id={of.owner} />],
          [t('withdrawals.needs'), t(of.needsApproval ? 'app.yes' : 'app.no')],
          [t('withdrawals.requestedBy'), of.requestedBy ?? '–'],
          [t('withdrawals.approvedBy'), of.approvedBy ?? '–'],
          [
            t('field.transaction'),
            of.txHash === null ? '–' : <Hash key="t" of={of.txHash} what={t('field.hash')} />,
          ],
          [t('field.block'), of.blockNumber ?? '–'],
          [t('field.requested'), <When key="requested" at={of.requestedAt} />],
          [t('field.ended'), <When key="ended" at={of.endedAt} />],
          ...(of.reason === null ? [] : [[t('app.reason'), of.reason] as const]),
        ]}
      />
    </Card>
  )
}

type DecideProps = { of: Withdrawal; deed: Deed; onClose: () => void; onDone: () => void }

function Decide({ of, deed, onClose, onDone }: DecideProps) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const path = { id: of.id }
  const decide = async () => {
    if (deed === 'approve') {
      // What is approved is what was shown when the button was pressed.
      const body = { hash: of.approvalHash as `0x${string}` }
      await answerOf(api.POST('/v1/withdrawals/{id}/approve', { params: { path }, body }))
    } else {
      const body = text.trim() === '' ? {} : { reason: text.trim() }
      await answerOf(api.POST('/v1/withdrawals/{id}/cancel', { params: { path }, body }))
    }
    onDone()
    await queries.invalidateQueries({ queryKey: ['withdrawal', of.id] })
  }
  const isApproval = deed === 'approve'
  return (
    <Sheet
      title={t(isApproval ? 'withdrawals.approve' : 'withdrawals.cancel')}
      action={t(isApproval ? 'withdrawals.approve' : 'withdrawals.cancel')}
      isDanger={!isApproval}
      onClose={onClose}
      onSubmit={decide}
    >
      {isApproval ? <p>{t('withdrawals.approveHint')}</p> : null}
      <Facts
        of={[
          [t('field.amount'), <Amount key="amount" of={of.amount} asset={of.asset} />],
          [
            t('field.to'),
            <span key="to" className="mono">
              {of.to}
            </span>,
          ],
          [t('field.chain'), of.chain],
          [t('withdrawals.requestedBy'), of.requestedBy ?? '–'],
        ]}
      />
      {isApproval ? null : <TextField label={t('app.reason')} value={text} onChange={setText} />}
    </Sheet>
  )
}
