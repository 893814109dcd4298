import { answerOf } from '@coffer/client/coffer-client'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Choice, Filters } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Note } from '../parts/states.tsx'
import { usePages } from '../reads/use-pages.ts'
import { WebhookEndpoints } from './webhook-endpoints.tsx'

/** Where a merchant's events go. */
export function WebhooksPage() {
  const { t } = useTexts()
  const api = useApi()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const merchant = typeof search['merchant'] === 'string' ? search['merchant'] : ''
  const merchants = usePages(['merchants', {}], (cursor) =>
    answerOf(api.GET('/v1/merchants', { params: { query: { limit: 200, ...cursor } } })),
  )
  const options = (merchants.data ?? []).map(({ id, name }) => ({ value: id, text: name }))
  return (
    <Page title={t('webhooks.title')} hint={t('webhooks.hint')}>
      <Filters>
        <Choice
          label={t('field.merchant')}
          value={merchant}
          onChange={(id) => void navigate({ to: '/webhooks', search: { merchant: id } })}
          options={[{ value: '', text: '–' }, ...options]}
        />
      </Filters>
      {merchant === '' ? (
        <Note title={t('webhooks.choose')} />
      ) : (
        <WebhookEndpoints merchant={merchant} />
      )}
    </Page>
  )
}
