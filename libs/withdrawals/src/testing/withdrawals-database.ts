import { randomUUID } from 'node:crypto'
import { type ReadEvent, readEvent } from '@coffer/events/event'
import { balancesOf } from '@coffer/ledger/balances'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { messagingMigrations } from '@coffer/messaging/migrations'
import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { owners } from '@coffer/wallets/schema'
import { eq, sql } from 'drizzle-orm'
import { withdrawalOf } from '../adapters/withdrawal-rows.ts'
import type { Withdrawal } from '../domain/withdrawal.ts'
import { withdrawalsMigrations } from '../migrations.ts'
import { withdrawals } from '../schema.ts'

/** A database with a ledger, in which owners have what they withdraw. */
export type WithdrawalsDatabase = AsyncDisposable & {
  url: string
  postgres: Postgres
  /** Makes an owner with so much of each asset. */
  owner(amounts: Readonly<Record<AssetId, bigint>>, kind?: 'user' | 'merchant'): Promise<string>
  available(owner: string, asset: AssetId): Promise<bigint>
  withdrawal(id: string): Promise<Withdrawal>
  /** What was announced so far of withdrawals, in order: types, or those of one. */
  announced(id?: string): Promise<ReadEvent[]>
  /** The balance of one of the system's accounts. */
  system(code: string, asset: AssetId): Promise<bigint>
  /** What is wrong with the ledger. */
  violations(): Promise<unknown[]>
}

export async function withdrawalsDatabase({
  connectionsMax = 10,
} = {}): Promise<WithdrawalsDatabase> {
  const database = await testDatabase(
    [messagingMigrations, walletsMigrations, ledgerMigrations, withdrawalsMigrations],
    { connectionsMax },
  )
  const { postgres, url } = database
  return {
    url,
    postgres,
    async owner(amounts, kind = 'user') {
      const [made] = await postgres.insert(owners).values({ kind }).returning({ id: owners.id })
      const owner = made?.id ?? ''
      const drafts = Object.entries(amounts).map(([asset, amount]) => ({
        ...{ reference: `funds ${randomUUID()}`, code: 'test', owner, eventAt: new Date() },
        entries: [
          { account: { owner: 'system', code: 'custody', asset: asset as AssetId }, amount },
          { account: { owner, code: 'owner.available', asset: asset as AssetId }, amount: -amount },
        ] as const,
      }))
      await postgres.transaction((tx) => postTransactions(tx, drafts))
      return owner
    },
    async available(owner, asset) {
      const balances = await balancesOf(postgres, owner)
      return balances.find((each) => each.asset === asset)?.available ?? 0n
    },
    async withdrawal(id) {
      const [row] = await postgres.select().from(withdrawals).where(eq(withdrawals.id, id))
      if (row === undefined) throw new Error(`There is no withdrawal ${id}.`)
      return withdrawalOf(row)
    },
    async announced(id) {
      const rows = await postgres.execute<{ headers: Record<string, string>; value: string }>(
        sql`select headers, value from messaging.outbox order by id`,
      )
      const events = rows.map(readEvent)
      return id === undefined ? events : events.filter((each) => each.id.includes(id))
    },
    async system(code, asset) {
      const [row] = await postgres.execute<{ balance: string }>(sql`
        select coalesce(sum(entry.amount), 0)::text as balance from ledger.entries entry
        join ledger.accounts account on account.id = entry.account_id
        where account.owner = 'system' and account.code = ${code} and account.asset = ${asset}`)
      return BigInt(row?.balance ?? 0)
    },
    violations: async () => await checkLedger(postgres),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
