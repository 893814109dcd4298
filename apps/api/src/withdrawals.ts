import { randomUUID } from 'node:crypto'
import { postgresOnce } from '@coffer/access/answers'
import { addPayee } from '@coffer/withdrawals/add-payee'
import {
  type ApproveOptions,
  approveWithdrawal,
  cancelWithdrawal,
} from '@coffer/withdrawals/approve-withdrawal'
import { type PolicySettings, policyOf } from '@coffer/withdrawals/policy-settings'
import { postgresPayees } from '@coffer/withdrawals/postgres-payees'
import { postgresWithdrawals } from '@coffer/withdrawals/postgres-withdrawals'
import { requestWithdrawal } from '@coffer/withdrawals/request-withdrawal'
import { withdrawalRoutes } from '@coffer/withdrawals/routes'
import { postgresWithdrawalRooms } from '@coffer/withdrawals/withdrawal-rooms'
import type { ApiServerOptions } from './api-server.ts'

export type { PolicySettings }

type Options = Pick<ApiServerOptions, 'postgres' | 'chains' | 'withdrawals'> &
  Pick<ApproveOptions, 'isSecondPerson'>

/** The routes of withdrawals, wired to PostgreSQL. */
export function withdrawalsOf(options: Options) {
  const { postgres, chains: configs, withdrawals: settings, isSecondPerson } = options
  const chains = configs.map(({ chain }) => chain)
  const assets = configs.flatMap((config) => config.assets)
  const own = [...configs.flatMap((config) => config.ownAddresses ?? []), ...settings.HOT_WALLET]
  const rooms = postgresWithdrawalRooms(postgres)
  const withdrawals = postgresWithdrawals(postgres)
  const payees = postgresPayees(postgres)
  const policy = policyOf(settings)
  const now = () => new Date()
  return withdrawalRoutes({
    withdrawals,
    payees,
    requestWithdrawal: requestWithdrawal({
      ...{ rooms, policy, chains, assets, own, now },
      newId: randomUUID,
    }),
    decisions: postgresOnce(postgres, (tx) => {
      const within = { rooms: postgresWithdrawalRooms(tx), now, isSecondPerson }
      return {
        approveWithdrawal: approveWithdrawal(within),
        cancelWithdrawal: cancelWithdrawal(within),
      }
    }),
    addPayee: addPayee({ payees, withdrawals, policy, chains, now }),
  })
}
