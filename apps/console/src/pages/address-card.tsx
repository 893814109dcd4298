import { answerOf } from '@coffer/client/coffer-client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Card } from '../parts/card.tsx'
import { Hash } from '../parts/hash.tsx'
import { QrCode } from '../parts/qr-code.tsx'
import { Answer, Failure, Note } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { useChains } from '../reads/use-chains.ts'

type Address = ItemOf<'/v1/users/{id}/addresses'>

/** Where a user is paid, as text and for a camera. */
export function AddressCard({ owner }: { owner: string }) {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const addresses = useQuery({
    queryKey: ['addresses', owner],
    queryFn: async () => {
      const params = { path: { id: owner } }
      return (await answerOf(api.GET('/v1/users/{id}/addresses', { params }))).items
    },
  })
  const [shown, setShown] = useState<string>()
  const columns: Column<Address>[] = [
    {
      name: t('field.address'),
      cell: ({ address }) => <Hash of={address} what={t('field.address')} />,
    },
    { name: t('field.chain'), cell: ({ chain }) => chain },
    { name: t('owners.watchedFrom'), isFigure: true, cell: ({ watchedFrom }) => watchedFrom },
    {
      name: t('field.actions'),
      isFigure: true,
      cell: ({ address }) => (
        <button
          type="button"
          className="button plain"
          aria-expanded={shown === address}
          onClick={() => setShown(shown === address ? undefined : address)}
        >
          {t('owners.showQr')}
        </button>
      ),
    },
  ]
  return (
    <Card
      title={t('owners.addresses')}
      actions={may('users:write') ? <NewAddress owner={owner} /> : null}
    >
      <Answer of={addresses}>
        {(rows) =>
          rows.length === 0 ? (
            <Note title={t('owners.noAddresses')} />
          ) : (
            <Table
              caption={t('owners.addresses')}
              columns={columns}
              rows={rows}
              keyOf={({ chain, address }) => chain + address}
            />
          )
        }
      </Answer>
      {shown === undefined ? null : (
        <div className="body">
          <QrCode text={shown} label={t('owners.qr', { address: shown })} />
          <p className="mono">{shown}</p>
        </div>
      )}
    </Card>
  )
}

function NewAddress({ owner }: { owner: string }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const { data: chains = [] } = useChains()
  const give = useMutation({
    mutationFn: (chain: string) => {
      const params = { path: { id: owner } }
      return answerOf(api.POST('/v1/users/{id}/addresses', { params, body: { chain } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['addresses', owner] }),
  })
  return (
    <>
      {chains.map(({ chain }) => (
        <button
          key={chain}
          type="button"
          className="button"
          disabled={give.isPending}
          onClick={() => give.mutate(chain)}
        >
          {t('owners.newAddress')}
          {chains.length > 1 ? ` · ${chain}` : ''}
        </button>
      ))}
      {give.error ? <Failure error={give.error} /> : null}
    </>
  )
}
