import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Table } from '../parts/table.tsx'

type Entry = { owner: string; account: string; asset: string; amount: string }

/** The entries of a transaction: debits and credits in columns of their own, as books have them. */
export function EntryTable({ entries }: { entries: readonly Entry[] }) {
  const { t } = useTexts()
  return (
    <Table
      caption={t('ledger.entries')}
      rows={entries}
      keyOf={({ owner, account, asset, amount }) => `${owner} ${account} ${asset} ${amount}`}
      columns={[
        { name: t('field.account'), cell: ({ account }) => account },
        { name: t('field.owner'), cell: ({ owner }) => <OwnerLink id={owner} /> },
        {
          name: t('field.debit'),
          isFigure: true,
          cell: ({ amount, asset }) =>
            amount.startsWith('-') ? null : <Amount of={amount} asset={asset} />,
        },
        {
          name: t('field.credit'),
          isFigure: true,
          cell: ({ amount, asset }) =>
            amount.startsWith('-') ? <Amount of={amount.slice(1)} asset={asset} /> : null,
        },
      ]}
    />
  )
}
