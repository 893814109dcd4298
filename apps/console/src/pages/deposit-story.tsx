import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Hash } from '../parts/hash.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Answer } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import type { AnswerOf } from '../reads/answers.ts'
import type { Deposit } from './deposit-list.tsx'
import { EntryTable } from './entry-table.tsx'

type Story = AnswerOf<'/v1/deposits/{id}/story'>

/** Block, proof, event, bookings, sweep: each step of a deposit, done or still to come. */
export function DepositStory({ of }: { of: Deposit }) {
  const api = useApi()
  const params = { path: { id: of.id } }
  const story = useQuery({
    queryKey: ['deposit-story', of.id],
    queryFn: () => answerOf(api.GET('/v1/deposits/{id}/story', { params })),
    refetchInterval: ({ state }) => (state.data?.sweep?.endedAt ? false : 3_000),
  })
  return (
    <Card isPadded>
      <Answer of={story}>{(told) => <Steps of={of} told={told} />}</Answer>
    </Card>
  )
}

function Steps({ of, told }: { of: Deposit; told: Story }) {
  const { t } = useTexts()
  const isGone = told.block?.orphanedAt !== null && told.block !== null
  return (
    <ol className="story">
      <BlockStep of={of} block={told.block} />
      <Step title={t('deposits.story.proof')} done={isGone ? 'bad' : 'true'}>
        <p className="soft">
          {t(isGone ? 'deposits.story.proofOpen' : 'deposits.story.proofHint')}
        </p>
      </Step>
      {of.reason === undefined ? null : (
        <Step title={t('deposits.story.withheld')} done="bad">
          <p>{of.reason}</p>
        </Step>
      )}
      <Step
        title={t('deposits.story.event')}
        at={of.confirmedAt}
        done={told.events.length > 0 ? 'true' : 'false'}
      >
        {told.events.length === 0 ? (
          <p className="soft">{t('deposits.story.eventOpen')}</p>
        ) : (
          told.events.map(({ id, type }) => (
            <p key={id}>
              {type} <Hash of={id} what={t('field.id')} />
            </p>
          ))
        )}
      </Step>
      <BookingStep bookings={told.bookings} />
      <SweepStep sweep={told.sweep} />
    </ol>
  )
}

function BlockStep({ of, block }: { of: Deposit; block: Story['block'] }) {
  const { t } = useTexts()
  return (
    <Step title={t('deposits.story.block')} at={block?.time ?? of.seenAt} done="true">
      <Facts
        of={[
          [t('field.block'), of.blockNumber],
          [t('field.hash'), <Hash key="hash" of={of.blockHash} what={t('field.hash')} />],
          [
            t('deposits.story.parent'),
            block ? <Hash key="parent" of={block.parentHash} what={t('field.hash')} /> : '–',
          ],
          [t('deposits.story.scanned'), <When key="scanned" at={block?.scannedAt} />],
        ]}
      />
    </Step>
  )
}

function BookingStep({ bookings }: { bookings: Story['bookings'] }) {
  const { t } = useTexts()
  return (
    <Step
      title={t('deposits.story.credit')}
      at={bookings[0]?.recordedAt}
      done={bookings.length > 0 ? 'true' : 'false'}
    >
      {bookings.length === 0 ? <p className="soft">{t('deposits.story.creditOpen')}</p> : null}
      {bookings.map(({ id, code, entries }) => (
        <div key={id}>
          <p>
            <Link to="/ledger/transactions/$id" params={{ id }}>
              {code}
            </Link>
          </p>
          <EntryTable entries={entries} />
        </div>
      ))}
    </Step>
  )
}

function SweepStep({ sweep }: { sweep: Story['sweep'] }) {
  const { t } = useTexts()
  return (
    <Step
      title={t('deposits.story.sweep')}
      at={sweep?.endedAt}
      done={sweep?.status === 'succeeded' ? 'true' : 'false'}
    >
      {sweep === null ? (
        <p className="soft">{t('deposits.story.sweepOpen')}</p>
      ) : (
        <p>
          <StatusPill status={sweep.status} />{' '}
          {sweep.txHash === null ? null : <Hash of={sweep.txHash} what={t('field.transaction')} />}
        </p>
      )}
    </Step>
  )
}

type StepProps = {
  title: string
  at?: string | null | undefined
  done: 'true' | 'false' | 'bad'
  children: ReactNode
}

function Step({ title, at, done, children }: StepProps) {
  return (
    <li data-done={done}>
      <h2>
        {title} {at ? <When at={at} /> : null}
      </h2>
      {children}
    </li>
  )
}
