import { answerOf } from '@coffer/client/coffer-client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { TextField } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { May } from '../parts/may.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { When } from '../parts/when.tsx'
import { useAsset } from '../reads/use-assets.ts'
import type { Payment } from './payment-list.tsx'
import { unitsOf } from './units-of.ts'

/** What went back of a payment, and a way to give back more. */
export function RefundCard({ payment }: { payment: Payment }) {
  const { t } = useTexts()
  const api = useApi()
  const [isAsking, setAsking] = useState(false)
  const params = { path: { id: payment.id } }
  const refunds = useQuery({
    queryKey: ['refunds', payment.id],
    queryFn: async () => (await answerOf(api.GET('/v1/payments/{id}/refunds', { params }))).items,
    refetchInterval: 3_000,
  })
  return (
    <>
      <List
        title={t('payments.refunds')}
        caption={t('payments.refunds')}
        actions={
          payment.paidAt === null ? null : (
            <May scope="refunds:write">
              <button type="button" className="button" onClick={() => setAsking(true)}>
                {t('payments.refund')}
              </button>
            </May>
          )
        }
        of={refunds}
        keyOf={({ id }) => id}
        empty={{ title: t('payments.noRefunds') }}
        columns={[
          {
            name: t('field.amount'),
            isFigure: true,
            cell: ({ amount, asset }) => <Amount of={amount} asset={asset} />,
          },
          { name: t('field.status'), cell: ({ status }) => <StatusPill status={status} /> },
          { name: t('field.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
      {isAsking ? <NewRefund payment={payment} onClose={() => setAsking(false)} /> : null}
    </>
  )
}

function NewRefund({ payment, onClose }: { payment: Payment; onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const asset = useAsset(payment.asset)
  const [amount, setAmount] = useState('')
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const ask = async () => {
    const body = {
      amount: unitsOf(amount, asset?.decimals ?? 0),
      ...(to.trim() === '' ? {} : { to: to.trim() }),
      ...(reason === '' ? {} : { reason }),
    }
    const params = { path: { id: payment.id } }
    await answerOf(api.POST('/v1/payments/{id}/refunds', { params, body }))
    await queries.invalidateQueries({ queryKey: ['refunds', payment.id] })
  }
  return (
    <Sheet
      title={t('payments.refund')}
      action={t('payments.refund')}
      onClose={onClose}
      onSubmit={ask}
    >
      <TextField
        label={t('payments.refundAmount', { symbol: asset?.symbol ?? '' })}
        value={amount}
        onChange={setAmount}
        isRequired
      />
      {payment.channel === 'onchain' ? (
        <TextField
          label={t('payments.refundTo')}
          hint={t('payments.refundToHint')}
          value={to}
          onChange={setTo}
          isRequired
        />
      ) : null}
      <TextField label={t('app.reason')} value={reason} onChange={setReason} />
    </Sheet>
  )
}
