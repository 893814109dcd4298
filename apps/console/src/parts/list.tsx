import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import type { Pages } from '../reads/use-pages.ts'
import { Card } from './card.tsx'
import { Answer, Note } from './states.tsx'
import { type Column, Table } from './table.tsx'

type Props<Row> = {
  caption: string
  title?: string
  actions?: ReactNode
  of: Pick<Pages<Row>, 'data' | 'error' | 'refetch'> & Partial<Pages<Row>>
  columns: readonly Column<Row>[]
  keyOf: (row: Row) => string | number
  /** What it says when there is nothing. */
  empty: { title: string; hint?: string }
}

/** A table in all its states: not there so far, empty, failed, full, and with more to come. */
export function List<Row>({ caption, title, actions, of, columns, keyOf, empty }: Props<Row>) {
  const { t } = useTexts()
  return (
    <Card {...(title === undefined ? {} : { title })} actions={actions}>
      <Answer of={of}>
        {(rows) =>
          rows.length === 0 ? (
            <Note title={empty.title}>{empty.hint}</Note>
          ) : (
            <Table caption={caption} columns={columns} rows={rows} keyOf={keyOf} />
          )
        }
      </Answer>
      {of.hasNextPage ? (
        <div className="table-foot">
          <button
            type="button"
            className="button"
            disabled={of.isFetchingNextPage}
            onClick={() => void of.fetchNextPage?.()}
          >
            {t('app.more')}
          </button>
        </div>
      ) : null}
    </Card>
  )
}
