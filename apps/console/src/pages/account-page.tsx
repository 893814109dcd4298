import { answerOf } from '@coffer/client/coffer-client'
import { itemsOf } from '@coffer/client/pages'
import { displayAmount } from '@coffer/money/display'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { useAsset } from '../reads/use-assets.ts'
import { usePages } from '../reads/use-pages.ts'
import { EntriesDownload } from './entries-download.tsx'

type Entry = ItemOf<'/v1/ledger/entries'>

/** One account: its balance over time, and each entry that made it. */
export function AccountPage() {
  const { t } = useTexts()
  const api = useApi()
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const name = {
    ...{ owner: String(search['owner'] ?? ''), code: String(search['code'] ?? '') },
    asset: String(search['asset'] ?? ''),
  }
  const known = useAsset(name.asset)
  const sign = useSign(name)
  const read = (cursor: { cursor?: string }) => {
    // The API knows its codes; what is none of them it refuses in words.
    const query = { ...name, limit: 200, ...cursor } as never
    return answerOf(api.GET('/v1/ledger/entries', { params: { query } }))
  }
  const entries = usePages(['entries', name], read, { refetchMs: 5_000 })
  return (
    <Page
      title={name.code}
      hint={`${name.owner} · ${known?.symbol ?? name.asset}`}
      crumb={<Link to="/ledger">{t('app.back', { page: t('ledger.title') })}</Link>}
      actions={
        <EntriesDownload
          asset={name.asset}
          nameOf={(symbol) => `${name.code}-${symbol}`}
          // The oldest first.
          read={async () => (await Array.fromAsync(itemsOf(read))).toReversed()}
        />
      }
    >
      <OverTime entries={entries.data ?? []} asset={name.asset} sign={sign} />
      <List
        title={t('ledger.entries')}
        caption={t('ledger.entries')}
        of={entries}
        keyOf={({ transactionId, amount, balance }) => `${transactionId} ${amount} ${balance}`}
        empty={{ title: t('ledger.noEntries') }}
        columns={[
          {
            name: t('field.transaction'),
            cell: ({ transactionId, code }) => (
              <Link to="/ledger/transactions/$id" params={{ id: transactionId }}>
                {code}
              </Link>
            ),
          },
          { name: t('ledger.recordedAt'), cell: ({ recordedAt }) => <When at={recordedAt} /> },
          {
            name: t('field.debit'),
            isFigure: true,
            cell: ({ amount }) =>
              amount.startsWith('-') ? null : <Amount of={amount} asset={name.asset} />,
          },
          {
            name: t('field.credit'),
            isFigure: true,
            cell: ({ amount }) =>
              amount.startsWith('-') ? <Amount of={amount.slice(1)} asset={name.asset} /> : null,
          },
          {
            name: t('field.balance'),
            isFigure: true,
            cell: ({ balance }) =>
              balance === null ? (
                '–'
              ) : (
                <Amount of={`${sign * BigInt(balance)}`} asset={name.asset} />
              ),
          },
        ]}
      />
    </Page>
  )
}

type Name = { owner: string; code: string; asset: string }

/** What an account has is shown as what it grows by: what we owe grows by credits. */
function useSign(name: Name): bigint {
  const api = useApi()
  const account = useQuery({
    queryKey: ['account', name],
    queryFn: async () => {
      const params = { query: { ...name, limit: 1 } as never }
      const { items } = await answerOf(api.GET('/v1/ledger/accounts', { params }))
      return items[0] ?? null
    },
  })
  return account.data?.normalSide === 'credit' ? -1n : 1n
}

type OverTimeProps = { entries: readonly Entry[]; asset: string; sign: bigint }

/** Only an account that is one, and not many in one, has a balance after each entry. */
function OverTime({ entries, asset, sign }: OverTimeProps) {
  const { t } = useTexts()
  const decimals = useAsset(asset)?.decimals ?? 0
  const [times, values] = useMemo(() => {
    const shown = entries.filter(({ balance }) => balance !== null).toReversed()
    return [
      shown.map(({ recordedAt }) => Date.parse(recordedAt) / 1_000),
      shown.map(({ balance }) => Number(displayAmount(sign * BigInt(balance ?? 0), decimals))),
    ]
  }, [entries, decimals, sign])
  if (times.length < 2) return null
  return (
    <Card title={t('ledger.overTime')} isPadded>
      <Chart label={t('ledger.overTime')} times={times} values={values} kind="steps" />
    </Card>
  )
}
