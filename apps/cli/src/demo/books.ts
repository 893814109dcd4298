import { WALLET_EVENTS } from '@coffer/events/topics'
import { trialBalance } from '@coffer/ledger/trial-balance'
import { relayLag } from '@coffer/messaging/relay-lag'
import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** What the database holds, read by the demo itself. */
export type Books = {
  /** References of the credits that are booked: the identities of deposits. */
  credits(): Promise<string[]>
  /** What owners have, by asset. */
  owed(): Promise<Map<AssetId, bigint>>
  /** Events that are stored and, as far as the relay knows, not published. */
  waiting(): Promise<number>
}

export function books(postgres: Postgres): Books {
  return {
    async credits() {
      const rows = await postgres.execute<{ reference: string }>(sql`
        select reference from ledger.transactions where code = 'deposit.credit'`)
      return rows.map(({ reference }) => reference)
    },
    async owed() {
      const balances = await trialBalance(postgres)
      return new Map(
        balances.map(({ asset, byCode }) => [asset, -(byCode['owner.available'] ?? 0n)]),
      )
    },
    async waiting() {
      const lags = await relayLag(postgres)
      return lags.find(({ topic }) => topic === WALLET_EVENTS)?.rows ?? 0
    },
  }
}
