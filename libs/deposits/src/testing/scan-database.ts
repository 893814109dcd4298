import { readEvent } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import type { BlockHash } from '@coffer/evm/hash'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { outbox } from '@coffer/messaging/schema'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import { parseUnits } from '@coffer/money/units'
import type { Migrations } from '@coffer/postgres/migrate'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { addresses, owners } from '@coffer/wallets/schema'
import { asc, eq, sql } from 'drizzle-orm'
import { depositsMigrations } from '../migrations.ts'
import { blocks, chains, deposits, rescans } from '../schema.ts'
import type { Tamper } from './scan-facts.ts'
import type { OutboxEvent, StoredDeposit } from './stored-deposit.ts'

/** A database with everything that a scan writes to and reads from. */
export type ScanDatabase = AsyncDisposable & {
  url: string
  postgres: Postgres
  /** Registers addresses of one owner. */
  watch(chain: ChainId, owner: string, watched: readonly Address[]): Promise<void>
  endLease(): Promise<void>
  requestRescan(chain: ChainId, from: bigint, to: bigint, gap?: bigint): Promise<string>
  tamper: Tamper
  deposits(): Promise<StoredDeposit[]>
  events(): Promise<OutboxEvent[]>
  /** Empties all tables, which is faster than another database. */
  clear(): Promise<void>
}

/** `others` are migrations of whoever else works on it in a test. */
export async function scanDatabase(...others: readonly Migrations[]): Promise<ScanDatabase> {
  const own = [walletsMigrations, messagingMigrations, depositsMigrations]
  const database = await testDatabase([...own, ...others])
  const { postgres, url } = database
  return {
    url,
    postgres,
    async watch(chain, owner, watched) {
      await postgres.insert(owners).values({ id: owner }).onConflictDoNothing()
      const rows = watched.map((address) => ({ chain, address, owner, watchedFrom: 0n }))
      await postgres.insert(addresses).values(rows)
    },
    async endLease() {
      await postgres.update(chains).set({ leaseUntil: sql`now() - interval '1 second'` })
    },
    async requestRescan(chain, from, to, gap) {
      const row = { chain, fromBlock: from, nextBlock: from, toBlock: to, gap }
      const [rescan] = await postgres
        .insert(rescans)
        .values({ ...row, status: 'pending' })
        .returning()
      return rescan?.id ?? ''
    },
    tamper: tamperWith(postgres),
    deposits: () => readDeposits(postgres),
    events: () => readEvents(postgres),
    async clear() {
      await postgres.execute(sql`
        truncate deposits.chains, deposits.blocks, deposits.deposits, deposits.rescans,
          deposits.gaps,
          deposits.releases, deposits.proven_balances, deposits.balance_proofs,
          deposits.balance_differences, deposits.balance_skips,
          messaging.outbox, wallets.addresses, wallets.owners cascade`)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

function tamperWith(postgres: Postgres): Tamper {
  const named = (id: string) =>
    sql`${deposits.chain} || ':0x' || encode(${deposits.txHash}, 'hex') || ':' ||
      ${deposits.position} = ${id}`
  return {
    async forgetBlock(height) {
      await postgres.delete(blocks).where(eq(blocks.number, height))
    },
    async forgetDeposit(id) {
      await postgres.delete(deposits).where(named(id))
    },
    async setAmount(id, amount) {
      await postgres.update(deposits).set({ amount }).where(named(id))
    },
  }
}

async function readDeposits(postgres: Postgres): Promise<StoredDeposit[]> {
  const rows = await postgres.select().from(deposits).orderBy(asc(deposits.sequence))
  return rows.map((row) => ({
    id: `${row.chain}:${row.txHash}:${row.position}`,
    owner: row.owner,
    from: row.from as Address,
    to: row.to as Address,
    asset: row.asset as AssetId,
    amount: row.amount,
    status: row.status,
    reason: row.reason,
    tier: row.tier,
    revision: row.revision,
    blockNumber: row.blockNumber,
    blockHash: row.blockHash as BlockHash,
  }))
}

async function readEvents(postgres: Postgres): Promise<OutboxEvent[]> {
  const rows = await postgres.select().from(outbox).orderBy(asc(outbox.id))
  return rows.map(({ headers, value, key }) => {
    const { type, id } = readEvent({ headers, value })
    const { amount, suspended }: { amount: string; suspended?: boolean } = JSON.parse(value)
    return { type, id, key, amount: parseUnits(amount), ...(suspended ? { suspended } : {}) }
  })
}
