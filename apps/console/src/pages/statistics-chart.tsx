import { displayAmount } from '@coffer/money/display'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Chart } from '../parts/chart.tsx'
import { Note } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import { useAsset } from '../reads/use-assets.ts'

type Counted = { start: string; count: number; amount: string }

type Props = {
  title: string
  asset: string
  /** When each bar begins, in seconds. */
  starts: readonly number[]
  counted: readonly Counted[]
}

/** Amounts over time, as a shape and as figures. */
export function StatisticsChart({ title, asset, starts, counted }: Props) {
  const { t } = useTexts()
  const decimals = useAsset(asset)?.decimals ?? 0
  const found = counted.filter(({ count }) => count > 0)
  const amounts = new Map(
    found.map(({ start, amount }) => [
      Date.parse(start) / 1_000,
      Number(displayAmount(BigInt(amount), decimals)),
    ]),
  )
  return (
    <Card title={title} isPadded={found.length > 0}>
      {found.length === 0 ? (
        <Note title={t('analytics.empty')} />
      ) : (
        <>
          <Chart
            label={`${title}: ${t('analytics.volume')}`}
            times={starts}
            values={starts.map((start) => amounts.get(start) ?? 0)}
            kind="bars"
          />
          <details>
            <summary>{t('analytics.table')}</summary>
            <Table
              caption={title}
              rows={found}
              keyOf={({ start }) => start}
              columns={[
                { name: t('field.time'), cell: ({ start }) => <When at={start} /> },
                { name: t('field.count'), isFigure: true, cell: ({ count }) => count },
                {
                  name: t('analytics.volume'),
                  isFigure: true,
                  cell: ({ amount }) => <Amount of={amount} asset={asset} />,
                },
              ]}
            />
          </details>
        </>
      )}
    </Card>
  )
}
