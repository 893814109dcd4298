import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { List } from '../parts/list.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import type { Pages } from '../reads/use-pages.ts'

export type Payment = ItemOf<'/v1/payments'>

type Props = {
  title?: string
  of: Pick<Pages<Payment>, 'data' | 'error' | 'refetch'> & Partial<Pages<Payment>>
}

/** Payments, each with what came in for it. */
export function PaymentList({ title, of }: Props) {
  const { t } = useTexts()
  return (
    <List
      {...(title === undefined ? {} : { title })}
      caption={t('payments.title')}
      of={of}
      keyOf={({ id }) => id}
      empty={{ title: t('payments.empty'), hint: t('payments.emptyHint') }}
      columns={[
        {
          name: t('field.reference'),
          cell: ({ id, reference }) => (
            <Link to="/payments/$id" params={{ id }}>
              {reference}
            </Link>
          ),
        },
        { name: t('field.status'), cell: ({ status }) => <StatusPill status={status} /> },
        { name: t('field.channel'), cell: ({ channel }) => channel },
        {
          name: t('field.amount'),
          isFigure: true,
          cell: ({ amount, asset }) => <Amount of={amount} asset={asset} />,
        },
        {
          name: t('field.received'),
          isFigure: true,
          cell: ({ received, asset }) => <Amount of={received} asset={asset} isBare />,
        },
        {
          name: t('field.refunded'),
          isFigure: true,
          cell: ({ refunded, asset }) => <Amount of={refunded} asset={asset} isBare />,
        },
        { name: t('field.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
      ]}
    />
  )
}
