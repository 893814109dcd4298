import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import { type NotificationsApiOptions, notificationsApi } from '@coffer/notifications/api'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isMerchant } from '@coffer/wallets/is-merchant'
import type { Owners } from '@coffer/wallets/ports'

/** How notifications look and where they may go. */
export type NotificationTerms = Pick<NotificationsApiOptions, 'secretsKey' | 'allowHttp'> &
  Omit<NotificationsApiOptions['stationery'], 'assets'>

export type NotificationsOfOptions = {
  owners: Pick<Owners, 'find'>
  assets: readonly Asset[]
  terms: NotificationTerms
}

/** How users and merchants are told of what happens. */
export function notificationsOf(postgres: Postgres, options: NotificationsOfOptions): Routes {
  const { owners, assets, terms } = options
  const { secretsKey, allowHttp, ...shown } = terms
  return notificationsApi({
    ...{ postgres, secretsKey, allowHttp },
    stationery: { ...shown, assets },
    isKnown: async (id, kind) =>
      kind === 'merchant' ? await isMerchant(postgres, id) : (await owners.find(id)) !== undefined,
  })
}
