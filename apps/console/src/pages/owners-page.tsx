import { answerOf } from '@coffer/client/coffer-client'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Filters, TextField } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { When } from '../parts/when.tsx'
import { usePages } from '../reads/use-pages.ts'

/** Users, found by what they are called, and a way to make one. */
export function OwnersPage() {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const [search, setSearch] = useState('')
  const [isMaking, setMaking] = useState(false)
  const query = search.trim() === '' ? {} : { search: search.trim() }
  const owners = usePages(['owners', query], (cursor) =>
    answerOf(api.GET('/v1/users', { params: { query: { ...query, ...cursor } } })),
  )
  return (
    <Page
      title={t('owners.title')}
      hint={t('owners.hint')}
      actions={
        may('users:write') ? (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t('owners.new')}
          </button>
        ) : null
      }
    >
      <Filters>
        <TextField label={t('app.search')} value={search} onChange={setSearch} type="search" />
      </Filters>
      <List
        caption={t('owners.title')}
        of={owners}
        keyOf={({ id }) => id}
        empty={{ title: t('owners.empty'), hint: t('owners.emptyHint') }}
        columns={[
          {
            name: t('field.externalId'),
            cell: ({ id, externalId }) => (
              <Link to="/owners/$id" params={{ id }}>
                {externalId ?? id}
              </Link>
            ),
          },
          { name: t('field.id'), cell: ({ id }) => <span className="mono">{id}</span> },
          { name: t('field.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
      {isMaking ? <NewUser onClose={() => setMaking(false)} /> : null}
    </Page>
  )
}

function NewUser({ onClose }: { onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const navigate = useNavigate()
  const [externalId, setExternalId] = useState('')
  const make = async () => {
    const body = externalId === '' ? {} : { externalId }
    const { id } = await answerOf(api.POST('/v1/users', { body }))
    await navigate({ to: '/owners/$id', params: { id } })
  }
  return (
    <Sheet title={t('owners.new')} action={t('owners.new')} onClose={onClose} onSubmit={make}>
      <TextField
        label={t('field.externalId')}
        hint={t('owners.externalHint')}
        value={externalId}
        onChange={setExternalId}
      />
    </Sheet>
  )
}
