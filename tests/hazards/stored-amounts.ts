import { chains } from '@coffer/deposits/schema'
import type { ScanDatabase } from '@coffer/deposits/testing/scan-database'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { sql } from 'drizzle-orm'

/** What a test asks the database of a scan for. */
export type StoredAmounts = {
  /** The amounts of what is final, the smallest first. */
  finalAmounts(): Promise<bigint[]>
  /** The amounts of what is recorded and not credited, the smallest first, by the reason. */
  rejectedAmounts(): Promise<Record<string, bigint[]>>
  /** What was published of deposits, in order: type and amount. */
  told(): Promise<string[]>
  /** Why the chain is latched; `null` while it isn't. */
  latched(): Promise<string | null>
}

export function storedAmounts(database: ScanDatabase): StoredAmounts {
  const withStatus = async (wanted: string) =>
    (await database.deposits()).filter(({ status }) => status === wanted)
  return {
    finalAmounts: async () => amountsOf(await withStatus('final')),
    async rejectedAmounts() {
      const byReason = Map.groupBy(await withStatus('rejected'), ({ reason }) => reason ?? '')
      return Object.fromEntries([...byReason].map(([reason, own]) => [reason, amountsOf(own)]))
    },
    async told() {
      const rows = await database.postgres.execute<{ type: string; amount: string }>(sql`
        select headers->>'ce_type' as type, value::json->>'amount' as amount
        from messaging.outbox where topic = ${WALLET_EVENTS} order by transaction_id, id`)
      return rows.map(({ type, amount }) => `${type.replace('deposit.', '')} ${amount}`)
    },
    async latched() {
      const [chain] = await database.postgres.select().from(chains)
      return chain?.latchedReason ?? null
    },
  }
}

/** The amounts of deposits, the smallest first. */
export const amountsOf = (deposits: readonly { amount: bigint }[]): bigint[] =>
  deposits.map(({ amount }) => amount).sort(ascending)

const ascending = (one: bigint, other: bigint): number => (one < other ? -1 : Number(one > other))
