import { answerOf } from '@coffer/client/coffer-client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Figures } from '../parts/facts.tsx'
import { Choice, Filters } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Answer, Note } from '../parts/states.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { assetOf, type KnownAsset } from '../reads/asset-of.ts'
import { useAssets } from '../reads/use-assets.ts'
import { StatisticsChart } from './statistics-chart.tsx'
import { TopMerchants } from './top-merchants.tsx'

type Summary = ItemOf<'/v1/analytics/summary'>

const HOUR_MS = 3_600_000
const STRETCHES = {
  day: { hours: 24, granularity: 'hour' },
  week: { hours: 168, granularity: 'hour' },
  month: { hours: 720, granularity: 'day' },
} as const
type Stretch = keyof typeof STRETCHES

/** What happened in a stretch of time, of one asset. */
export function AnalyticsPage() {
  const { t } = useTexts()
  const [stretch, setStretch] = useState<Stretch>('day')
  const [chosen, setAsset] = useState('')
  const assets = useCounted(stretch)
  const asset = chosen || (assets[0]?.id ?? '')
  return (
    <Page title={t('analytics.title')} hint={t('analytics.hint')}>
      <Filters>
        <Choice<Stretch>
          label={t('analytics.stretch')}
          value={stretch}
          onChange={setStretch}
          options={(['day', 'week', 'month'] as const).map((value) => {
            return { value, text: t(`analytics.${value}`) }
          })}
        />
        <Choice
          label={t('field.asset')}
          value={asset}
          onChange={setAsset}
          options={assets.map(({ id, symbol, chain }) => ({
            value: id,
            text: `${symbol} · ${chain}`,
          }))}
        />
      </Filters>
      {asset === '' ? <Note title={t('analytics.empty')} /> : <Shown {...{ asset, stretch }} />}
    </Page>
  )
}

/** Whole hours: else every look would be for another stretch of time. */
function spanOf(stretch: Stretch): { from: string; to: string } {
  const end = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS
  const from = new Date(end - STRETCHES[stretch].hours * HOUR_MS).toISOString()
  return { from, to: new Date(end).toISOString() }
}

/** The assets that something was counted of, currencies too, and then those that may be. */
function useCounted(stretch: Stretch): readonly KnownAsset[] {
  const api = useApi()
  const configured = useAssets()
  const query = { ...spanOf(stretch), granularity: 'day' } as const
  const { data = [] } = useQuery({
    queryKey: ['counted', query],
    queryFn: async () => {
      const { items } = await answerOf(api.GET('/v1/analytics/summary', { params: { query } }))
      return [...new Set(items.flatMap(({ asset }) => asset ?? []))]
    },
  })
  const ids = new Set([...data, ...configured.keys()])
  return [...ids].flatMap((id) => assetOf(configured, id) ?? [])
}

function Shown({ asset, stretch }: { asset: string; stretch: Stretch }) {
  const { t } = useTexts()
  const api = useApi()
  const { granularity } = STRETCHES[stretch]
  const { from, to } = spanOf(stretch)
  const query = { from, to, asset, granularity }
  const summary = useQuery({
    queryKey: ['summary', query],
    queryFn: async () =>
      (await answerOf(api.GET('/v1/analytics/summary', { params: { query } }))).items,
    refetchInterval: 10_000,
  })
  return (
    <>
      <Answer of={summary}>
        {(rows) =>
          rows.length === 0 ? (
            <Card>
              <Note title={t('analytics.empty')} />
            </Card>
          ) : (
            <Told rows={rows} asset={asset} starts={startsOf(query)} />
          )
        }
      </Answer>
      <TopMerchants {...{ asset, from, to: query.to }} />
    </>
  )
}

const SERIES = [
  ['analytics.deposits', ({ deposits }: Summary) => deposits.confirmed],
  ['analytics.payments', ({ payments }: Summary) => payments.succeeded],
  ['analytics.withdrawals', ({ withdrawals }: Summary) => withdrawals.completed],
] as const

type Query = { from: string; to: string; granularity: 'hour' | 'day' }

/** When each part of a stretch of time begins, in seconds: a chart shows the quiet ones too. */
function startsOf({ from, to, granularity }: Query): number[] {
  const step = granularity === 'hour' ? HOUR_MS : 24 * HOUR_MS
  const first = Math.floor(Date.parse(from) / step) * step
  const count = Math.ceil((Date.parse(to) - first) / step)
  return Array.from({ length: count }, (_, at) => (first + at * step) / 1_000)
}

type ToldProps = { rows: readonly Summary[]; asset: string; starts: readonly number[] }

function Told({ rows, asset, starts }: ToldProps) {
  const { t } = useTexts()
  const total = (of: (row: Summary) => { count: number; amount: string }) =>
    rows.reduce(
      (sum, row) => ({
        count: sum.count + of(row).count,
        amount: sum.amount + BigInt(of(row).amount),
      }),
      { count: 0, amount: 0n },
    )
  const rates = rows.flatMap(({ payments }) => payments.successRate ?? [])
  const rate = rates.reduce((sum, each) => sum + each, 0) / rates.length
  return (
    <>
      <Card isPadded>
        <Figures
          of={[
            ...SERIES.map(([key, of]) => {
              const { count, amount } = total(of)
              return [
                t(key),
                <span key={key}>
                  {count}{' '}
                  <span className="soft">
                    <Amount of={`${amount}`} asset={asset} />
                  </span>
                </span>,
              ] as const
            }),
            [
              t('analytics.successRate'),
              rates.length === 0 ? '–' : `${Math.round(rate * 1_000) / 10} %`,
            ],
          ]}
        />
      </Card>
      {SERIES.map(([key, of]) => (
        <StatisticsChart
          key={key}
          title={t(key)}
          asset={asset}
          starts={starts}
          counted={rows.map((row) => ({ start: row.start, ...of(row) }))}
        />
      ))}
    </>
  )
}
