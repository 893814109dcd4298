import { balancesOf } from '@coffer/ledger/balances'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { AccountName, TransactionDraft } from '@coffer/ledger/transaction'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ledgerViolations } from '../e2e/invariants.ts'
import { replayViolations, unsentLog } from '../e2e/replay-violations.ts'

const asset = nativeAssetId(chainIdOf(31_337))
const OWNERS = ['ann', 'bea', 'cy', 'dan', 'eve']
const EACH = 100n
const TOTAL = EACH * BigInt(OWNERS.length)
const CONNECTIONS = 8

type Isolation = 'read committed' | 'repeatable read' | 'serializable'

let database: TestDatabase

beforeEach(async () => {
  database = await testDatabase([messagingMigrations, ledgerMigrations], {
    connectionsMax: CONNECTIONS + 2,
  })
})
afterEach(() => database[Symbol.asyncDispose]())

const available = (owner: string): AccountName => ({ owner, code: 'owner.available', asset })
const custody: AccountName = { owner: 'system', code: 'custody', asset }

const transfer = (reference: string, from: AccountName, to: AccountName, amount: bigint) => ({
  reference,
  code: 'test.transfer',
  owner: from.owner,
  eventAt: new Date(0),
  entries: [
    { account: from, amount },
    { account: to, amount: -amount },
  ],
})

/** The same numbers each time: a failure can be looked at again. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const MANY = 1_000

/** Posts, and again for as long as PostgreSQL says that it may succeed later. */
async function post(drafts: readonly TransactionDraft[], isolationLevel: Isolation) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const work = (tx: Parameters<typeof postTransactions>[0]) => postTransactions(tx, drafts)
      return await database.postgres.transaction(work, { isolationLevel })
    } catch (error) {
      if (attempt === MANY || !isTransientPostgresError(error)) throw error
    }
  }
}

/** What all owners have together, as one statement sees it. */
async function readTotal(): Promise<[total: bigint, least: bigint]> {
  const [row] = await database.postgres.execute<{ total: string; least: string }>(sql`
    select sum(credits_posted - debits_posted) as total,
      min(credits_posted - debits_posted - debits_pending) as least
    from ledger.accounts where code = 'owner.available'
  `)
  return [BigInt(row?.total ?? -1), BigInt(row?.least ?? -1)]
}

test.each<Isolation>(['read committed', 'repeatable read', 'serializable'])(
  'F16, L2, L18, L23: a bank at %s neither makes nor loses money, and lends none',
  async (isolation) => {
    const fill = OWNERS.map((owner) => transfer(`to ${owner}`, custody, available(owner), EACH))
    await post(fill, isolation)
    let isOver = false
    const seen = new Set<string>()
    const read = async () => {
      while (!isOver) seen.add((await readTotal()).map((each) => (each < 0n ? '-' : each)).join())
    }
    const teller = async (number: number) => {
      const below = numbers(number + 1)
      const pair = (): [AccountName, AccountName] => {
        const first = below(OWNERS.length)
        const second = (first + 1 + below(OWNERS.length - 1)) % OWNERS.length
        return [available(OWNERS[first] as string), available(OWNERS[second] as string)]
      }
      for (let round = 0; round < 25; round += 1) {
        const name = `${number}/${round}`
        const [from, to] = pair()
        const amount = BigInt(1 + below(90))
        const other = transfer(`${name} back`, to, from, BigInt(1 + below(40)))
        const draft = transfer(name, from, to, amount)
        const isHold = below(3) === 0
        await post(isHold ? [{ ...draft, hold: {} }] : [draft, other].slice(below(2)), isolation)
        if (!isHold) continue
        const resolves = { hold: name, as: below(2) === 0 ? 'voided' : 'posted' } as const
        const entries = resolves.as === 'posted' ? draft.entries : []
        await post([{ ...draft, reference: `${name} end`, entries, resolves }], isolation)
      }
    }

    const tellers = Array.from({ length: CONNECTIONS }, (_, number) => teller(number))
    const work = Promise.all(tellers).finally(() => {
      isOver = true
    })
    await Promise.all([work, read()])

    const totals = new Set([...seen].map((each) => each.split(',')[0]))
    expect([...totals]).toEqual([`${TOTAL}`])
    expect([...seen].filter((each) => each.includes('-'))).toEqual([])
    expect(seen.size).toBeGreaterThan(1)
    const held = await Promise.all(OWNERS.map((owner) => balancesOf(database.postgres, owner)))
    expect(held.flat().every((each) => each.held === 0n && each.available >= 0n)).toBe(true)
    const { postgres } = database
    expect(await ledgerViolations(postgres)).toEqual([])
    expect(await replayViolations(postgres, await unsentLog(postgres))).toEqual([])
  },
)
