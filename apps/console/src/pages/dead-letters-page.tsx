import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Done } from '../parts/done.tsx'
import { Choice, Filters, TextField } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { Failure } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { usePages } from '../reads/use-pages.ts'

type Letter = ItemOf<'/v1/admin/dead-letters'>

/** Topics whose consumers put aside what they can't handle. */
const TOPICS = [
  ...(['wallet.events', 'payment.events', 'order.events', 'merchant.events'] as const),
  ...(['accounting.events', 'settlement.events', 'channel.events'] as const),
] as const

/** Messages that were given up, and what becomes of them. */
export function DeadLettersPage() {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [topic, setTopic] = useState<(typeof TOPICS)[number]>('wallet.events')
  const [discarded, setDiscarded] = useState<string>()
  // The API knows its topics; what is none of them it refuses in words.
  const named = { topic: topic as never }
  const letters = usePages(
    ['dead-letters', topic],
    (cursor) =>
      answerOf(api.GET('/v1/admin/dead-letters', { params: { query: { ...named, ...cursor } } })),
    { refetchMs: 5_000 },
  )
  const redrive = useMutation({
    mutationFn: (which: 'all' | { ids: string[] }) =>
      answerOf(api.POST('/v1/admin/dead-letters/redrive', { body: { ...named, which } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['dead-letters'] }),
  })
  return (
    <Page
      title={t('deadLetters.title')}
      hint={t('deadLetters.hint')}
      actions={
        <button
          type="button"
          className="button primary"
          disabled={redrive.isPending || (letters.data ?? []).length === 0}
          onClick={() => redrive.mutate('all')}
        >
          {t('deadLetters.redriveAll')}
        </button>
      }
    >
      {redrive.error ? <Failure error={redrive.error} /> : null}
      <Done>{redrive.data && t('deadLetters.redriven', { count: redrive.data.ids.length })}</Done>
      <Filters>
        <Choice
          label={t('deadLetters.topic')}
          value={topic}
          onChange={setTopic}
          options={TOPICS.map((value) => ({ value, text: value }))}
        />
      </Filters>
      <List
        caption={t('deadLetters.title')}
        of={letters}
        keyOf={({ id }) => id}
        empty={{ title: t('deadLetters.empty'), hint: t('deadLetters.emptyHint') }}
        columns={[
          { name: t('deadLetters.cause'), cell: (letter) => <Cause of={letter} /> },
          { name: t('field.status'), cell: ({ state }) => <StatusPill status={state} /> },
          { name: t('deadLetters.consumer'), cell: ({ consumer }) => consumer },
          { name: t('field.attempts'), isFigure: true, cell: ({ attempts }) => attempts },
          { name: t('field.time'), cell: ({ since }) => <When at={since} /> },
          {
            name: t('field.actions'),
            isFigure: true,
            cell: ({ id, state }) =>
              state === 'handled' || state === 'discarded' ? null : (
                <span className="row-actions">
                  <button
                    type="button"
                    className="button"
                    disabled={redrive.isPending}
                    onClick={() => redrive.mutate({ ids: [id] })}
                  >
                    {t('deadLetters.redrive')}
                  </button>
                  <button type="button" className="button danger" onClick={() => setDiscarded(id)}>
                    {t('deadLetters.discard')}
                  </button>
                </span>
              ),
          },
        ]}
      />
      {discarded === undefined ? null : (
        <Discard id={discarded} onClose={() => setDiscarded(undefined)} />
      )}
    </Page>
  )
}

/** Why it was given up; the message itself is there for who opens it. */
function Cause({ of: { code, cause, id, value } }: { of: Letter }) {
  const { t } = useTexts()
  return (
    <details>
      <summary>{code}</summary>
      <p>{cause}</p>
      <p className="soft mono">{id}</p>
      <section className="code" aria-label={t('deadLetters.message')}>
        {value}
      </section>
    </details>
  )
}

function Discard({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const discard = async () => {
    await answerOf(api.POST('/v1/admin/dead-letters/discard', { body: { ids: [id], reason } }))
    await queries.invalidateQueries({ queryKey: ['dead-letters'] })
  }
  const title = t('deadLetters.discard')
  return (
    <Sheet title={title} action={title} isDanger onClose={onClose} onSubmit={discard}>
      <p>{t('deadLetters.discardHint')}</p>
      <TextField label={t('app.reason')} value={reason} onChange={setReason} isRequired />
    </Sheet>
  )
}
