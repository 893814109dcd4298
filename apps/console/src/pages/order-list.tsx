import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { List } from '../parts/list.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import type { Pages } from '../reads/use-pages.ts'

/** Orders, each with whether it is paid. */
export function OrderList({ title, of }: { title?: string; of: Pages<ItemOf<'/v1/orders'>> }) {
  const { t } = useTexts()
  return (
    <List
      {...(title === undefined ? {} : { title })}
      caption={t('orders.title')}
      of={of}
      keyOf={({ id }) => id}
      empty={{ title: t('orders.empty') }}
      columns={[
        {
          name: t('field.reference'),
          cell: ({ id, reference }) => (
            <Link to="/orders/$id" params={{ id }}>
              {reference}
            </Link>
          ),
        },
        { name: t('field.status'), cell: ({ status }) => <StatusPill status={status} /> },
        {
          name: t('field.amount'),
          isFigure: true,
          cell: ({ amount, asset }) => <Amount of={amount} asset={asset} />,
        },
        { name: t('field.description'), cell: ({ description }) => description ?? '–' },
        { name: t('field.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
      ]}
    />
  )
}
