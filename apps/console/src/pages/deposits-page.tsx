import type { Deposit } from '@coffer/client/deposit-stream'
import { useState } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Choice, Filters, TextField } from '../parts/field.tsx'
import { LivePill } from '../parts/live-pill.tsx'
import { Page } from '../parts/page.tsx'
import { StatusChoice } from '../parts/status-choice.tsx'
import { useAssets } from '../reads/use-assets.ts'
import { useLiveDeposits } from '../reads/use-live-deposits.ts'
import { useNewestDeposits } from '../reads/use-newest-deposits.ts'
import { DepositList } from './deposit-list.tsx'

const STATUSES = ['seen', 'final', 'credited', 'orphaned', 'reversed', 'rejected'] as const

/** Deposits as they come in. */
export function DepositsPage() {
  const { t } = useTexts()
  const assets = useAssets()
  const [status, setStatus] = useState<Deposit['status'] | ''>('')
  const [asset, setAsset] = useState('')
  const [sought, setSought] = useState('')
  const text = sought.trim()
  const state = useLiveDeposits()
  const deposits = useNewestDeposits(state, {
    ...(status === '' ? {} : { status }),
    ...(asset === '' ? {} : { asset }),
    ...(text === '' ? {} : placeOf(text)),
  })
  return (
    <Page
      title={t('deposits.title')}
      hint={t('deposits.hint')}
      actions={<LivePill state={deposits.error ? 'lost' : state} />}
    >
      <Filters>
        <TextField
          label={t('deposits.sought')}
          value={sought}
          onChange={setSought}
          type="search"
          isWide
        />
        <StatusChoice of={STATUSES} value={status} onChange={setStatus} />
        <Choice
          label={t('field.asset')}
          value={asset}
          onChange={setAsset}
          options={[
            { value: '', text: t('app.all') },
            ...[...assets.values()].map(({ id, symbol, chain }) => {
              return { value: id, text: `${symbol} · ${chain}` }
            }),
          ]}
        />
      </Filters>
      <DepositList
        of={deposits}
        empty={{ title: t('deposits.empty'), hint: t('deposits.emptyHint') }}
      />
    </Page>
  )
}

/** A transaction or an address by its hex, and else a user by one of their names. */
function placeOf(text: string) {
  const hex = text.toLowerCase() as `0x${string}`
  if (/^0x[0-9a-f]{64}$/.test(hex)) return { txHash: hex }
  return /^0x[0-9a-f]{40}$/.test(hex) ? { to: hex } : { owner: text }
}
