import { answerOf } from '@coffer/client/coffer-client'
import { useState } from 'react'
import { useApi, useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Choice, Filters } from '../parts/field.tsx'
import { List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { usePages } from '../reads/use-pages.ts'
import { useTenants } from '../reads/use-tenants.ts'
import { KeySecret } from './key-secret.tsx'
import { NewKey, RevokeKey, RotateKey } from './key-sheets.tsx'

export type Key = ItemOf<'/v1/keys'>

type Asked = { what: 'new' } | { what: 'rotate' | 'revoke'; key: Key }

/** Who may call the API, and what each may do. */
export function KeysPage() {
  const { t } = useTexts()
  const api = useApi()
  const may = useMay()
  const tenants = useTenants()
  const [shown, setShown] = useState<'good' | 'all'>('good')
  const [asked, setAsked] = useState<Asked>()
  const [secret, setSecret] = useState<{ holder: string; secret: string }>()
  const keys = usePages(['keys'], (cursor) =>
    answerOf(api.GET('/v1/keys', { params: { query: { limit: 200, ...cursor } } })),
  )
  const rows = keys.data?.filter((key) => shown === 'all' || statusOf(key) === 'active')
  const isWriter = may('keys:write')
  const close = () => setAsked(undefined)
  return (
    <Page
      title={t('keys.title')}
      hint={t('keys.hint')}
      actions={
        isWriter ? (
          <button
            type="button"
            className="button primary"
            onClick={() => setAsked({ what: 'new' })}
          >
            {t('keys.new')}
          </button>
        ) : null
      }
    >
      {secret ? <KeySecret {...secret} onStored={() => setSecret(undefined)} /> : null}
      <Filters>
        <Choice
          label={t('keys.shown')}
          value={shown}
          onChange={setShown}
          options={(['good', 'all'] as const).map((value) => {
            return { value, text: t(`keys.shown.${value}`) }
          })}
        />
      </Filters>
      <List
        caption={t('keys.title')}
        of={{ ...keys, data: rows }}
        keyOf={({ id }) => id}
        empty={{ title: t('keys.empty'), hint: t('keys.emptyHint') }}
        columns={[
          { name: t('field.holder'), cell: ({ holder }) => holder },
          { name: t('field.role'), cell: ({ role }) => t(`role.${role}`) },
          {
            name: t('keys.of'),
            cell: ({ tenant }) =>
              tenant === null ? t('keys.platform') : (tenants.get(tenant) ?? tenant),
          },
          { name: t('field.status'), cell: (key) => <StatusPill status={statusOf(key)} /> },
          { name: t('field.created'), cell: (key) => <Made of={key} /> },
          {
            name: t('field.lastUsed'),
            cell: ({ lastUsedAt }) =>
              lastUsedAt === null ? t('keys.never') : <When at={lastUsedAt} />,
          },
          {
            name: t('field.expires'),
            cell: ({ expiresAt }) =>
              expiresAt === null ? t('keys.never') : <When at={expiresAt} />,
          },
          {
            name: t('field.actions'),
            isFigure: true,
            cell: (key) =>
              isWriter && statusOf(key) === 'active' ? (
                <KeyActions of={key} onAsk={setAsked} />
              ) : null,
          },
        ]}
      />
      {asked?.what === 'new' ? <NewKey onClose={close} onSecret={setSecret} /> : null}
      {asked?.what === 'rotate' ? (
        <RotateKey of={asked.key} onClose={close} onSecret={setSecret} />
      ) : null}
      {asked?.what === 'revoke' ? <RevokeKey of={asked.key} onClose={close} /> : null}
    </Page>
  )
}

type KeyActionsProps = { of: Key; onAsk: (asked: Asked) => void }

function KeyActions({ of: key, onAsk }: KeyActionsProps) {
  const { t } = useTexts()
  return (
    <span className="row-actions">
      <button type="button" className="button" onClick={() => onAsk({ what: 'rotate', key })}>
        {t('keys.rotate')}
      </button>
      <button
        type="button"
        className="button danger"
        onClick={() => onAsk({ what: 'revoke', key })}
      >
        {t('keys.revoke')}
      </button>
    </span>
  )
}

function statusOf({ revokedAt, expiresAt }: Key): 'active' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) < Date.now() ? 'expired' : 'active'
}

function Made({ of: { createdAt, createdBy, previousUntil } }: { of: Key }) {
  const { t } = useTexts()
  const isDouble = previousUntil !== null && Date.parse(previousUntil) > Date.now()
  return (
    <>
      <When at={createdAt} /> <span className="soft">{t('keys.by', { who: createdBy })}</span>
      {isDouble ? (
        <p className="soft">
          {t('keys.oldGood')} <When at={previousUntil} />
        </p>
      ) : null}
    </>
  )
}
