import { answerOf } from '@coffer/client/coffer-client'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useSession } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Filters, TextField } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { May } from '../parts/may.tsx'
import { Page } from '../parts/page.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'

/** Who takes payments. */
export function MerchantsPage() {
  const { t } = useTexts()
  const api = useApi()
  const [search, setSearch] = useState('')
  const [isMaking, setMaking] = useState(false)
  const query = search.trim() === '' ? {} : { search: search.trim() }
  const merchants = usePages(['merchants', query], (cursor) =>
    answerOf(api.GET('/v1/merchants', { params: { query: { ...query, ...cursor } } })),
  )
  return (
    <Page
      title={t('merchants.title')}
      hint={t('merchants.hint')}
      actions={
        <May scope="merchants:write">
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t('merchants.new')}
          </button>
        </May>
      }
    >
      <Filters>
        <TextField label={t('app.search')} value={search} onChange={setSearch} type="search" />
      </Filters>
      <List
        caption={t('merchants.title')}
        of={merchants}
        keyOf={({ id }) => id}
        empty={{ title: t('merchants.empty') }}
        columns={[
          {
            name: t('field.name'),
            cell: ({ id, name }) => (
              <Link to="/merchants/$id" params={{ id }}>
                {name}
              </Link>
            ),
          },
          { name: t('field.email'), cell: ({ email }) => email },
          {
            name: t('field.fee'),
            isFigure: true,
            cell: ({ feeBasisPoints }) => `${feeBasisPoints / 100} %`,
          },
          { name: t('field.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
      {isMaking ? <NewMerchant onClose={() => setMaking(false)} /> : null}
    </Page>
  )
}

function NewMerchant({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [fee, setFee] = useState('')
  // What the platform keeps of payments is its own to say.
  const isPlatform = useSession()?.tenant === null
  const make = async () => {
    const terms = fee === '' ? {} : { feeBasisPoints: Number(fee) }
    const body = { name: name.trim(), email: email.trim(), ...terms }
    const { id } = await answerOf(api.POST('/v1/merchants', { body }))
    await navigate({ to: '/merchants/$id', params: { id } })
  }
  return (
    <Sheet title={t('merchants.new')} action={t('merchants.new')} onClose={onClose} onSubmit={make}>
      <TextField label={t('field.name')} value={name} onChange={setName} isRequired />
      <TextField
        label={t('field.email')}
        type="email"
        value={email}
        onChange={setEmail}
        isRequired
      />
      {isPlatform ? (
        <TextField
          label={t('merchants.fee')}
          type="number"
          value={fee}
          onChange={setFee}
          hint={t('merchants.usualFee')}
        />
      ) : null}
    </Sheet>
  )
}
