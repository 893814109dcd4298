import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
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
import { LETTER_TOPICS } from '../reads/use-waiting.ts'

type Letter = ItemOf<'/v1/admin/dead-letters'>

/** Messages that were given up, and what becomes of them. */
export function DeadLettersPage() {
  const { t } = useTexts()
  const may = useMay()
  const search = useSearch({ strict: false }) as { topic?: string }
  const sought = LETTER_TOPICS.find((each) => each === search.topic)
  const [topic, setTopic] = useState<(typeof LETTER_TOPICS)[number]>(sought ?? 'wallet.events')
  const [isAll, setAll] = useState(false)
  const [discarded, setDiscarded] = useState<string>()
  const { letters, redrive } = useLetters(topic)
  return (
    <Page
      title={t('deadLetters.title')}
      hint={t('deadLetters.hint')}
      actions={
        <button
          type="button"
          className="button primary"
          disabled={!may('letters:write') || redrive.isPending || (letters.data ?? []).length === 0}
          onClick={() => setAll(true)}
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
          options={LETTER_TOPICS.map((value) => ({ value, text: value }))}
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
              !may('letters:write') || state === 'handled' || state === 'discarded' ? null : (
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
      {isAll ? (
        <RedriveAll
          topic={topic}
          onClose={() => setAll(false)}
          onSubmit={() => redrive.mutateAsync('all')}
        />
      ) : null}
      {discarded === undefined ? null : (
        <Discard id={discarded} onClose={() => setDiscarded(undefined)} />
      )}
    </Page>
  )
}

function useLetters(topic: string) {
  const api = useApi()
  const queries = useQueryClient()
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
  return { letters, redrive }
}

type RedriveAllProps = {
  topic: string
  onClose: () => void
  onSubmit: () => Promise<unknown>
}

function RedriveAll({ topic, onClose, onSubmit }: RedriveAllProps) {
  const { t } = useTexts()
  return (
    <Sheet
      title={t('deadLetters.redriveAll')}
      action={t('deadLetters.redrive')}
      onClose={onClose}
      onSubmit={onSubmit}
    >
      <p>{t('deadLetters.redriveAllHint', { topic })}</p>
    </Sheet>
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
