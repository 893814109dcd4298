import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { List } from '../parts/list.tsx'
import { May } from '../parts/may.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Failure } from '../parts/states.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'

/** What was sent to an endpoint, or waits for it. */
export function WebhookDeliveries({ merchant, endpoint }: { merchant: string; endpoint: string }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const path = { id: merchant, endpointId: endpoint }
  const base = '/v1/merchants/{id}/webhook-endpoints/{endpointId}/deliveries'
  const deliveries = usePages(
    ['deliveries', endpoint],
    (cursor) => answerOf(api.GET(base, { params: { path, query: { limit: 20, ...cursor } } })),
    { refetchMs: 5_000 },
  )
  const redrive = useMutation({
    mutationFn: (deliveryId: string) => {
      const params = { path: { ...path, deliveryId } }
      return answerOf(api.POST(`${base}/{deliveryId}/redrive`, { params }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['deliveries', endpoint] }),
  })
  return (
    <>
      {redrive.error ? <Failure error={redrive.error} /> : null}
      <List
        caption={t('webhooks.deliveries')}
        of={deliveries}
        keyOf={({ id }) => id}
        empty={{ title: t('webhooks.noDeliveries') }}
        columns={[
          { name: t('field.types'), cell: ({ type }) => type },
          { name: t('field.status'), cell: ({ state }) => <StatusPill status={state} /> },
          { name: t('field.attempts'), isFigure: true, cell: ({ attempts }) => attempts },
          { name: t('app.reason'), cell: ({ reason }) => reason ?? '–' },
          { name: t('field.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
          {
            name: t('field.actions'),
            isFigure: true,
            cell: ({ id, state }) =>
              state === 'waiting' ? null : (
                <May scope="webhooks:write">
                  <button type="button" className="button" onClick={() => redrive.mutate(id)}>
                    {t('webhooks.redrive')}
                  </button>
                </May>
              ),
          },
        ]}
      />
    </>
  )
}
