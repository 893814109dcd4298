import type { Balance } from '@coffer/ledger/balances'
import { balancesOfMany } from '@coffer/ledger/balances-of-many'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { inGroups } from '@coffer/runtime/in-groups'
import { usersAmong } from '@coffer/wallets/users-among'

/** Most users of one read. */
const GROUP_MAX = 500

/**
 * What users own now; `undefined` for whoever is no user. Those who are asked for while a read is
 * under way share the next one, which begins after they were asked for: whatever was committed by
 * then is in the answer.
 */
export function currentBalances(
  postgres: Postgres,
): (user: string) => Promise<Balance[] | undefined> {
  return inGroups<string, Balance[] | undefined>({
    async handle(asked) {
      const distinct = [...new Set(asked)]
      const [users, balances] = await Promise.all([
        usersAmong(postgres, distinct),
        balancesOfMany(postgres, distinct),
      ])
      return asked.map((user) => (users.has(user) ? (balances.get(user) ?? []) : undefined))
    },
    sizeMax: GROUP_MAX,
    isOutage: isTransientPostgresError,
  })
}
