import { answerOf } from '@coffer/client/coffer-client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Facts } from '../parts/facts.tsx'
import { TextField } from '../parts/field.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Sheet } from '../parts/sheet.tsx'
import type { Deposit } from './deposit-list.tsx'

/** Has a deposit credited that was withheld, by somebody who says why. */
export function ReleaseDeposit({ of }: { of: Deposit }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const release = async () => {
    const params = { path: { id: of.id } }
    await answerOf(api.POST('/v1/admin/deposits/{id}/release', { params, body: { reason } }))
    await queries.invalidateQueries({ queryKey: ['deposit', of.id] })
  }
  const title = t('deposits.release')
  return (
    <>
      <button type="button" className="button primary" onClick={() => setAsking(true)}>
        {title}
      </button>
      {isAsking ? (
        <Sheet title={title} action={title} onClose={() => setAsking(false)} onSubmit={release}>
          <Facts
            of={[
              [t('field.amount'), <Amount key="amount" of={of.amount} asset={of.asset} />],
              [t('field.owner'), <OwnerLink key="owner" id={of.owner} />],
              [t('deposits.story.withheld'), of.reason ?? '–'],
            ]}
          />
          <p>{t('deposits.releaseHint')}</p>
          <TextField label={t('app.reason')} value={reason} onChange={setReason} isRequired />
        </Sheet>
      ) : null}
    </>
  )
}
