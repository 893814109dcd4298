import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Card } from '../parts/card.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { TextField } from '../parts/field.tsx'
import { May } from '../parts/may.tsx'
import { Pill } from '../parts/pill.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { Answer, Failure, Note } from '../parts/states.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { WebhookDeliveries } from './webhook-deliveries.tsx'

type Endpoint = ItemOf<'/v1/merchants/{id}/webhook-endpoints'>

/** A merchant's endpoints, each with what was sent to it. */
export function WebhookEndpoints({ merchant }: { merchant: string }) {
  const { t } = useTexts()
  const api = useApi()
  const [isMaking, setMaking] = useState(false)
  const [secret, setSecret] = useState<string>()
  const endpoints = useQuery({
    queryKey: ['endpoints', merchant],
    queryFn: async () => {
      const params = { path: { id: merchant } }
      return (await answerOf(api.GET('/v1/merchants/{id}/webhook-endpoints', { params }))).items
    },
    refetchInterval: 5_000,
  })
  return (
    <>
      <div>
        <May scope="webhooks:write">
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t('webhooks.new')}
          </button>
        </May>
      </div>
      {secret === undefined ? null : (
        <Card isPadded>
          <p>{t('webhooks.secret')}</p>
          <p className="secret mono">
            {secret} <CopyButton text={secret} what={t('webhooks.rotate')} />
          </p>
        </Card>
      )}
      <Answer of={endpoints}>
        {(items) =>
          items.length === 0 ? (
            <Note title={t('webhooks.empty')} />
          ) : (
            items.map((endpoint) => (
              <EndpointCard
                key={endpoint.id}
                merchant={merchant}
                of={endpoint}
                onSecret={setSecret}
              />
            ))
          )
        }
      </Answer>
      {isMaking ? (
        <NewEndpoint merchant={merchant} onClose={() => setMaking(false)} onSecret={setSecret} />
      ) : null}
    </>
  )
}

type EndpointCardProps = { merchant: string; of: Endpoint; onSecret: (secret: string) => void }

function EndpointCard({ merchant, of, onSecret }: EndpointCardProps) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const params = { path: { id: merchant, endpointId: of.id } }
  const base = '/v1/merchants/{id}/webhook-endpoints/{endpointId}'
  const changed = () => queries.invalidateQueries({ queryKey: ['endpoints', merchant] })
  const [asked, setAsked] = useState<'rotate' | 'delete'>()
  const enable = useMutation({
    mutationFn: () => answerOf(api.POST(`${base}/enable`, { params })),
    onSuccess: changed,
  })
  const decide = async () => {
    if (asked === 'delete') await answerOf(api.DELETE(base, { params }))
    else onSecret((await answerOf(api.POST(`${base}/rotate-secret`, { params }))).secret)
    await changed()
  }
  return (
    <Card title={of.url} actions={<EndpointPill of={of} />}>
      <div className="body stack">
        <p className="soft">{of.types === null ? t('webhooks.all') : of.types.join(', ')}</p>
        {of.disabledReason === null ? null : <p>{of.disabledReason}</p>}
        {enable.error ? <Failure error={enable.error} /> : null}
        <May scope="webhooks:write">
          <div className="filters">
            {of.disabledAt === null ? null : (
              <button type="button" className="button" onClick={() => enable.mutate()}>
                {t('webhooks.enable')}
              </button>
            )}
            <button type="button" className="button" onClick={() => setAsked('rotate')}>
              {t('webhooks.rotate')}
            </button>
            <button type="button" className="button danger" onClick={() => setAsked('delete')}>
              {t('webhooks.delete')}
            </button>
          </div>
        </May>
      </div>
      <WebhookDeliveries merchant={merchant} endpoint={of.id} />
      {asked === undefined ? null : (
        <Sheet
          title={t(`webhooks.${asked}`)}
          action={t(`webhooks.${asked}`)}
          isDanger={asked === 'delete'}
          onClose={() => setAsked(undefined)}
          onSubmit={decide}
        >
          <p className="wrap">{of.url}</p>
          <p>{t(`webhooks.${asked}Hint`)}</p>
        </Sheet>
      )}
    </Card>
  )
}

function EndpointPill({ of: { disabledAt, failingSince } }: { of: Endpoint }) {
  const { t } = useTexts()
  if (disabledAt !== null) return <Pill tone="bad">{t('webhooks.disabled')}</Pill>
  if (failingSince !== null) return <Pill tone="wait">{t('webhooks.failing')}</Pill>
  return <Pill tone="good">{t('webhooks.active')}</Pill>
}

type NewEndpointProps = {
  merchant: string
  onClose: () => void
  onSecret: (secret: string) => void
}

function NewEndpoint({ merchant, onClose, onSecret }: NewEndpointProps) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [url, setUrl] = useState('')
  const make = async () => {
    const params = { path: { id: merchant } }
    const made = api.POST('/v1/merchants/{id}/webhook-endpoints', { params, body: { url } })
    onSecret((await answerOf(made)).secret)
    await queries.invalidateQueries({ queryKey: ['endpoints', merchant] })
  }
  const title = t('webhooks.new')
  return (
    <Sheet title={title} action={title} onClose={onClose} onSubmit={make}>
      <TextField label={t('field.url')} type="url" value={url} onChange={setUrl} isRequired />
    </Sheet>
  )
}
