import { answerOf } from '@coffer/client/coffer-client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useSession } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Choice, TextField } from '../parts/field.tsx'
import { Sheet } from '../parts/sheet.tsx'
import { useTenants } from '../reads/use-tenants.ts'
import type { Key } from './keys-page.tsx'

const PLATFORM_ROLES = ['admin', 'operator', 'auditor'] as const
const TENANT_ROLES = ['owner', 'developer', 'viewer'] as const
type Role = (typeof PLATFORM_ROLES)[number] | (typeof TENANT_ROLES)[number]

/** How long a key is good, in days; 0 is for ever. */
const TERMS = ['90', '365', '30', '0'] as const

const DAY_MS = 86_400_000

/** How long the secret before is good, in seconds. */
const GRACES = ['86400', '3600', '604800', '0'] as const

type OnSecret = (made: { holder: string; secret: string }) => void
type NewKeyProps = { onClose: () => void; onSecret: OnSecret }

export function NewKey({ onClose, onSecret }: NewKeyProps) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const tenants = useTenants()
  const isPlatform = useSession()?.tenant == null
  const [holder, setHolder] = useState('')
  const [tenant, setTenant] = useState('')
  const [chosen, setRole] = useState<Role>('operator')
  const [days, setDays] = useState<(typeof TERMS)[number]>('90')
  const roles: readonly Role[] = isPlatform && tenant === '' ? PLATFORM_ROLES : TENANT_ROLES
  const role = roles.find((each) => each === chosen) ?? roles[1] ?? 'viewer'
  const make = async () => {
    const expiresAt = new Date(Date.now() + Number(days) * DAY_MS).toISOString()
    const body = {
      ...{ holder: holder.trim(), role },
      ...(tenant === '' ? {} : { tenant }),
      ...(days === '0' ? {} : { expiresAt }),
    }
    onSecret(await answerOf(api.POST('/v1/keys', { body })))
    await queries.invalidateQueries({ queryKey: ['keys'] })
  }
  const title = t('keys.new')
  return (
    <Sheet title={title} action={title} onClose={onClose} onSubmit={make}>
      <TextField
        label={t('field.holder')}
        hint={t('keys.holderHint')}
        value={holder}
        onChange={setHolder}
        isRequired
      />
      {isPlatform ? (
        <Choice
          label={t('keys.of')}
          value={tenant}
          onChange={setTenant}
          options={[
            { value: '', text: t('keys.platform') },
            ...[...tenants].map(([value, text]) => ({ value, text })),
          ]}
        />
      ) : null}
      <Choice<Role>
        label={t('field.role')}
        value={role}
        onChange={setRole}
        options={roles.map((value) => ({ value, text: t(`role.${value}`) }))}
      />
      <p className="soft">{t(`role.${role}.hint`)}</p>
      <Choice
        label={t('keys.term')}
        value={days}
        onChange={setDays}
        options={TERMS.map((value) => {
          const text = value === '0' ? t('keys.forEver') : t('keys.days', { days: value })
          return { value, text }
        })}
      />
    </Sheet>
  )
}

type RotateProps = { of: Key; onClose: () => void; onSecret: OnSecret }

export function RotateKey({ of, onClose, onSecret }: RotateProps) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const [grace, setGrace] = useState<(typeof GRACES)[number]>('86400')
  const rotate = async () => {
    const params = { path: { id: of.id } }
    const body = { graceSeconds: Number(grace) }
    onSecret(await answerOf(api.POST('/v1/keys/{id}/rotate', { params, body })))
    await queries.invalidateQueries({ queryKey: ['keys'] })
  }
  const title = t('keys.rotate')
  return (
    <Sheet title={`${title}: ${of.holder}`} action={title} onClose={onClose} onSubmit={rotate}>
      <p>{t('keys.rotateHint')}</p>
      <Choice
        label={t('keys.grace')}
        value={grace}
        onChange={setGrace}
        options={GRACES.map((value) => ({ value, text: t(`keys.grace.${value}`) }))}
      />
    </Sheet>
  )
}

export function RevokeKey({ of, onClose }: { of: Key; onClose: () => void }) {
  const { t } = useTexts()
  const api = useApi()
  const queries = useQueryClient()
  const revoke = async () => {
    await answerOf(api.POST('/v1/keys/{id}/revoke', { params: { path: { id: of.id } } }))
    await queries.invalidateQueries({ queryKey: ['keys'] })
  }
  const title = t('keys.revoke')
  return (
    <Sheet
      title={`${title}: ${of.holder}`}
      action={title}
      isDanger
      onClose={onClose}
      onSubmit={revoke}
    >
      <p>{t('keys.revokeHint')}</p>
    </Sheet>
  )
}
