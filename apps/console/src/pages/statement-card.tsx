import { answerOf } from '@coffer/client/coffer-client'
import { itemsOf } from '@coffer/client/pages'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Figures } from '../parts/facts.tsx'
import { Choice, Filters } from '../parts/field.tsx'
import { Answer, Note } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import type { AnswerOf } from '../reads/answers.ts'
import { assetOf } from '../reads/asset-of.ts'
import { useAssets } from '../reads/use-assets.ts'
import { type AccountLine, EntriesDownload } from './entries-download.tsx'
import { lastMonths, type Stretch } from './months.ts'

type Statement = AnswerOf<'/v1/users/{id}/statement'>

/** Lines that are shown; the file has all of them. */
const SHOWN_MAX = 100

type Props = { owner: string; name: string; assets: readonly string[] }

/** What was booked for a user within a month, and what they had before and after it. */
export function StatementCard({ owner, name, assets }: Props) {
  const { t, language } = useTexts()
  const known = useAssets()
  const months = lastMonths(new Date(), language)
  const [month, setMonth] = useState(months[0]?.value ?? '')
  const [chosen, setAsset] = useState('')
  const asset = assets.find((each) => each === chosen) ?? assets[0]
  const stretch = months.find(({ value }) => value === month)
  return (
    <Card title={t('owners.statement')} isPadded>
      <div className="stack">
        <Filters>
          <Choice label={t('statement.month')} value={month} onChange={setMonth} options={months} />
          <Choice
            label={t('field.asset')}
            value={asset ?? ''}
            onChange={setAsset}
            options={assets.map((value) => ({
              value,
              text: assetOf(known, value)?.symbol ?? value,
            }))}
          />
          {asset && stretch ? <Download {...{ owner, name, asset, stretch }} /> : null}
        </Filters>
        {asset && stretch ? (
          <Shown {...{ owner, asset, stretch }} />
        ) : (
          <Note title={t('owners.noBalances')} />
        )}
      </div>
    </Card>
  )
}

type ShownProps = { owner: string; asset: string; stretch: Stretch }

function useStatement({ owner, asset, stretch: { from, to } }: ShownProps) {
  const api = useApi()
  return (page: { cursor?: string; limit?: number }) => {
    const query = { asset, from, to, ...page }
    const params = { path: { id: owner }, query }
    return answerOf(api.GET('/v1/users/{id}/statement', { params }))
  }
}

function Shown(props: ShownProps) {
  const { t } = useTexts()
  const { owner, asset, stretch } = props
  const read = useStatement(props)
  const statement = useQuery({
    queryKey: ['statement', owner, asset, stretch.value],
    queryFn: () => read({ limit: SHOWN_MAX }),
  })
  return (
    <Answer of={statement}>
      {({ opening, closing, items, nextCursor }) => (
        <>
          <Figures
            of={[
              [t('ledger.opening'), <Amount key="opening" of={opening} asset={asset} />],
              [t('ledger.closing'), <Amount key="closing" of={closing} asset={asset} />],
            ]}
          />
          {items.length === 0 ? (
            <Note title={t('ledger.noEntries')} />
          ) : (
            <Lines of={items} asset={asset} />
          )}
          {nextCursor === null ? null : (
            <p className="soft">{t('statement.more', { count: SHOWN_MAX })}</p>
          )}
        </>
      )}
    </Answer>
  )
}

function Lines({ of, asset }: { of: Statement['items']; asset: string }) {
  const { t } = useTexts()
  return (
    <Table
      caption={t('owners.statement')}
      rows={of}
      keyOf={({ transactionId }) => transactionId}
      columns={[
        { name: t('ledger.recordedAt'), cell: ({ recordedAt }) => <When at={recordedAt} /> },
        {
          name: t('field.transaction'),
          cell: ({ transactionId, code }) => (
            <Link to="/ledger/transactions/$id" params={{ id: transactionId }}>
              {code}
            </Link>
          ),
        },
        {
          name: t('field.amount'),
          isFigure: true,
          cell: ({ amount }) => <Amount of={amount} asset={asset} isBare />,
        },
        {
          name: t('field.balance'),
          isFigure: true,
          cell: ({ balance }) => <Amount of={balance} asset={asset} isBare />,
        },
      ]}
    />
  )
}

function Download({ name, ...props }: ShownProps & { name: string }) {
  const { asset, stretch } = props
  const read = useStatement(props)
  const readAll = async (): Promise<AccountLine[]> => {
    const { opening, closing } = await read({ limit: 1 })
    const lines = await Array.fromAsync(itemsOf((page) => read({ limit: 200, ...page })))
    const edge = (code: string, recordedAt: string, balance: string) => {
      return { recordedAt, eventAt: '', code, reference: '', amount: null, balance }
    }
    return [edge('opening', stretch.from, opening), ...lines, edge('closing', stretch.to, closing)]
  }
  const nameOf = (symbol: string) => `statement-${name}-${symbol}-${stretch.value}`
  return <EntriesDownload asset={asset} nameOf={nameOf} read={readAll} />
}
