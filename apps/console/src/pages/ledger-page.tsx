import { answerOf } from '@coffer/client/coffer-client'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Filters, TextField } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { OwnerLink } from '../parts/owner-link.tsx'
import { Page } from '../parts/page.tsx'
import { usePages } from '../reads/use-pages.ts'

/** Every account of the books. */
export function LedgerPage() {
  const { t } = useTexts()
  const api = useApi()
  const [owner, setOwner] = useState('system')
  const query = owner.trim() === '' ? {} : { owner: owner.trim() }
  const accounts = usePages(
    ['accounts', query],
    (cursor) =>
      answerOf(api.GET('/v1/ledger/accounts', { params: { query: { ...query, ...cursor } } })),
    { refetchMs: 5_000 },
  )
  return (
    <Page title={t('ledger.title')} hint={t('ledger.hint')}>
      <Filters>
        <TextField label={t('ledger.owner')} value={owner} onChange={setOwner} type="search" />
      </Filters>
      <List
        caption={t('ledger.accounts')}
        of={accounts}
        keyOf={({ owner, code, asset }) => `${owner} ${code} ${asset}`}
        empty={{ title: t('ledger.empty'), hint: t('ledger.emptyHint') }}
        columns={[
          {
            name: t('field.account'),
            cell: ({ owner, code, asset }) => (
              <Link to="/ledger/account" search={{ owner, code, asset }}>
                {code}
              </Link>
            ),
          },
          { name: t('field.kind'), cell: (account) => account.class },
          { name: t('field.owner'), cell: ({ owner }) => <OwnerLink id={owner} /> },
          {
            name: t('field.balance'),
            isFigure: true,
            cell: ({ balance, asset }) => <Amount of={balance} asset={asset} />,
          },
          {
            name: t('field.held'),
            isFigure: true,
            cell: ({ held, asset }) => <Amount of={held} asset={asset} isBare />,
          },
          { name: t('ledger.entries'), isFigure: true, cell: ({ entries }) => entries },
        ]}
      />
    </Page>
  )
}
