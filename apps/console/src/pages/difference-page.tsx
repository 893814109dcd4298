import { answerOf } from '@coffer/client/coffer-client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Choice, TextField } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import type { AnswerOf } from '../reads/answers.ts'
import { EntryTable } from './entry-table.tsx'

type Difference = AnswerOf<'/v1/reconciliation/differences/{id}'>

/** One difference: what each side says, and how it is settled by two people. */
export function DifferencePage() {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const { id = '' } = useParams({ strict: false })
  const [asked, setAsked] = useState<'propose' | 'confirm'>()
  const difference = useQuery({
    queryKey: ['difference', id],
    queryFn: () =>
      answerOf(api.GET('/v1/reconciliation/differences/{id}', { params: { path: { id } } })),
    refetchInterval: 4_000,
  })
  const { status, adjustment } = difference.data ?? {}
  return (
    <Page
      title={t('reconciliation.one')}
      hint={difference.data?.kind.replaceAll('_', ' ') ?? ''}
      crumb={<Link to="/reconciliation">{t('app.back', { page: t('reconciliation.title') })}</Link>}
      actions={
        status === 'open' && may('reconciliation:write') ? (
          <>
            <button type="button" className="button" onClick={() => setAsked('propose')}>
              {t('reconciliation.propose')}
            </button>
            {adjustment?.status === 'proposed' ? (
              <button type="button" className="button primary" onClick={() => setAsked('confirm')}>
                {t('reconciliation.confirm')}
              </button>
            ) : null}
          </>
        ) : null
      }
    >
      <Answer of={difference}>
        {(found) => (
          <>
            <Sides of={found} />
            {found.adjustment ? <Adjustment of={found.adjustment} /> : null}
            {asked === 'propose' ? (
              <Propose of={found} onClose={() => setAsked(undefined)} />
            ) : null}
            {asked === 'confirm' ? (
              <Confirm of={found} onClose={() => setAsked(undefined)} />
            ) : null}
          </>
        )}
      </Answer>
    </Page>
  )
}

function Sides({ of }: { of: Difference }) {
  const { t } = useTexts()
  const side = (said: Difference['ours']) =>
    said === null ? '–' : <Amount of={said.amount} asset={said.asset} />
  return (
    <Card isPadded>
      <Facts
        of={[
          [t('field.status'), <StatusPill key="status" status={of.status} />],
          [t('reconciliation.place'), of.place],
          [
            t('reconciliation.subject'),
            <span key="subject" className="mono">
              {of.subject}
            </span>,
          ],
          [t('reconciliation.ours'), side(of.ours)],
          [t('reconciliation.theirs'), side(of.theirs)],
          [t('reconciliation.suspended'), t(of.suspended ? 'app.yes' : 'app.no')],
          [t('reconciliation.noticed'), <When key="noticed" at={of.noticedAt} />],
          ...(of.detail === null ? [] : [[t('app.details'), of.detail] as const]),
        ]}
      />
    </Card>
  )
}

function Adjustment({ of }: { of: NonNullable<Difference['adjustment']> }) {
  const { t } = useTexts()
  return (
    <Card title={t('reconciliation.entries')} actions={<StatusPill status={of.status} />}>
      <p className="body note">
        {of.status === 'proposed'
          ? t('reconciliation.proposed', { who: of.proposedBy })
          : t('reconciliation.booked')}
      </p>
      <EntryTable entries={of.entries} />
    </Card>
  )
}

const KINDS = ['suspend', 'write_off', 'accept'] as const

function Propose({ of, onClose }: { of: Difference; onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [kind, setKind] = useState<(typeof KINDS)[number]>('accept')
  const [reason, setReason] = useState('')
  const propose = async () => {
    const params = { path: { id: of.id } }
    const body = { kind, reason }
    await answerOf(api.POST('/v1/reconciliation/differences/{id}/adjustment', { params, body }))
    await queries.invalidateQueries({ queryKey: ['difference', of.id] })
  }
  const title = t('reconciliation.propose')
  return (
    <Sheet title={title} action={title} onClose={onClose} onSubmit={propose}>
      <Choice
        label={t('reconciliation.how')}
        value={kind}
        onChange={setKind}
        options={KINDS.map((value) => ({ value, text: t(`reconciliation.how.${value}`) }))}
      />
      <TextField label={t('app.reason')} value={reason} onChange={setReason} isRequired />
    </Sheet>
  )
}

function Confirm({ of, onClose }: { of: Difference; onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const { adjustment } = of
  const confirm = async () => {
    const params = { path: { id: of.id } }
    const body = { hash: adjustment?.hash ?? '' }
    await answerOf(api.POST('/v1/reconciliation/differences/{id}/confirm', { params, body }))
    await queries.invalidateQueries({ queryKey: ['difference', of.id] })
  }
  const title = t('reconciliation.confirm')
  return (
    <Sheet title={title} action={title} onClose={onClose} onSubmit={confirm}>
      <p>{t('reconciliation.proposed', { who: adjustment?.proposedBy ?? '' })}</p>
      <p className="soft">{adjustment?.reason}</p>
    </Sheet>
  )
}
