import { answerOf } from '@coffer/client/coffer-client'
import { useState } from 'react'
import { useApi } from '../access.ts'
import type { TextKey } from '../i18n/english.ts'
import { useTexts } from '../i18n/texts.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Choice, Filters, TextField } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Pill } from '../parts/pill.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { usePages } from '../reads/use-pages.ts'
import { dayStart } from './day-start.ts'

type Act = ItemOf<'/v1/audit'>

/** Who did what, and how it ended. */
export function AuditPage() {
  const { t } = useTexts()
  const api = useApi()
  const [holder, setHolder] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [outcome, setOutcome] = useState<'' | 'refused' | 'done'>('')
  const query = {
    ...(holder.trim() === '' ? {} : { holder: holder.trim() }),
    ...(from === '' ? {} : { from: dayStart(from) }),
    ...(to === '' ? {} : { to: dayStart(to, 1) }),
    ...(outcome === '' ? {} : { outcome }),
  }
  const acts = usePages(
    ['audit', query],
    (cursor) => answerOf(api.GET('/v1/audit', { params: { query: { ...query, ...cursor } } })),
    { refetchMs: 10_000 },
  )
  return (
    <Page title={t('audit.title')} hint={t('audit.hint')}>
      <Filters>
        <TextField label={t('field.holder')} value={holder} onChange={setHolder} type="search" />
        <Choice
          label={t('audit.answer')}
          value={outcome}
          onChange={setOutcome}
          options={[
            { value: '', text: t('app.all') },
            { value: 'done', text: t('audit.done') },
            { value: 'refused', text: t('audit.refused') },
          ]}
        />
        <TextField label={t('app.fromDay')} value={from} onChange={setFrom} type="date" />
        <TextField label={t('app.toDay')} value={to} onChange={setTo} type="date" />
      </Filters>
      <List
        caption={t('audit.title')}
        of={acts}
        keyOf={({ id }) => id}
        empty={{ title: t('audit.empty'), hint: t('audit.emptyHint') }}
        columns={[
          { name: t('field.time'), cell: ({ at }) => <When at={at} /> },
          {
            name: t('audit.who'),
            cell: ({ holder: who, role, isSession }) => (
              <>
                <p>{who}</p>
                <p className="soft line">
                  {t(`role.${role}` as TextKey)}, {t(isSession ? 'audit.console' : 'audit.program')}
                </p>
              </>
            ),
          },
          { name: t('audit.what'), cell: (act) => <What of={act} /> },
          { name: t('audit.answer'), cell: ({ status }) => <Answered status={status} /> },
          {
            name: t('audit.request'),
            cell: ({ requestId }) => (
              <span className="hash">
                <span className="mono" title={requestId}>
                  {requestId.slice(0, 8)}
                </span>
                <CopyButton text={requestId} what={t('audit.request')} />
              </span>
            ),
          },
        ]}
      />
    </Page>
  )
}

/** The path names what it was done to; the route, what was done. */
function What({ of: { act, path } }: { of: Act }) {
  const [method = ''] = act.split(' ')
  return (
    <span className="mono wrap" title={act}>
      {method} {path}
    </span>
  )
}

function Answered({ status }: { status: number | null }) {
  const { t } = useTexts()
  if (status === null) return <Pill tone="wait">{t('audit.cutOff')}</Pill>
  return <Pill tone={status < 400 ? 'good' : 'bad'}>{`${status}`}</Pill>
}
