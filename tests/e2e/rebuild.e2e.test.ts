import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { relayLag } from '@coffer/messaging/relay-lag'
import { mineEmptyBlocks } from '@coffer/simulator/mine-empty-blocks'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import type { Violation } from './invariants.ts'
import { openPayer, type Payer } from './payer.ts'
import { runCoffer } from './run-coffer.ts'

/**
 * Goal: after the loss of the database everything is as it was, and goes on. Method: the steps of
 * docs/operations.md, in their order, on real processes.
 */

let under: CofferUnderTest
let payer: Payer
let api: ApiClient
const accepted = { ETH: '' }

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'rebuild', users: 4 })
  payer = await openPayer(under.node)
  api = apiClient({ api: under.coffer.apiUrl, apiKey: under.coffer.apiKey })
  accepted.ETH = under.coffer.chain?.assets.find(({ symbol }) => symbol === 'ETH')?.id ?? ''
})
afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

const HOLD = 'hold-before-the-loss'

test('is as it was after the loss of the database, and goes on', async () => {
  const { coffer } = under
  await under.pay()
  const [ann, bob] = await under.addUsers(2)
  const [annId, annAddress, bobAddress] = [ann?.id ?? '', ann?.address ?? '', bob?.address ?? '']
  // Confirmed twice: the second time in another block.
  const moved = await payer.signedPayment(annAddress, 1_000n)
  await payer.sendSigned(moved)
  await under.settle()
  await under.node.reorg(1)
  await mineEmptyBlocks({ rpcUrl: coffer.urls.RPC_URLS, blocks: 1 })
  await under.settle()
  await payer.sendSigned(moved)
  await under.settle()
  await book(held(annId, 400n))
  await under.settle()

  // What is published and not booked, and what is on the chain and not even seen.
  await coffer.apps.get('accounts')?.stop()
  await payer.payNative(bobAddress, 70n)
  await untilPublished()
  await coffer.apps.get('scanner')?.stop()
  await coffer.apps.get('api')?.stop()
  await payer.payNative(bobAddress, 7n)
  const [books, deposits] = [await readBooks(), await readDeposits()]
  await loseDatabase()

  expect(await command('migrate')).toMatchObject({ code: 0 })
  const rebuilt = await command('rebuild', '--into-live', '--json')
  expect(rebuilt.report).toMatchObject({ isEqual: true, problems: [], unpublished: 0 })
  expect(await readBooks()).toEqual(books)
  const source = ['rebuild', '--from-source', '--into-live', '--json']
  expect((await command(...source)).report).toMatchObject({ booked: 1, differencesCount: 0 })
  expect((await command(...source)).report).toMatchObject({ booked: 0, restored: 0 })
  expect(await readDeposits()).toEqual(deposits)

  await Promise.all((['scanner', 'accounts', 'api'] as const).map((app) => coffer.startApp(app)))
  await payer.payNative(annAddress, 3n)
  await under.settle()

  expect(await balanceOf(annId)).toEqual({ available: '603', held: '400' })
  expect(await balanceOf(bob?.id ?? '')).toEqual({ available: '77', held: '0' })
  expect(await broken()).toEqual([])
  expect((await command('rebuild', '--json')).report).toMatchObject({ isEqual: true })
  expect((await command('rebuild', '--from-source', '--json')).report).toMatchObject({
    isEqual: true,
    booked: 0,
  })

  // A reorg takes back what was confirmed before the loss, under the revision that it had.
  await book({ ...released(annId), resolves: { hold: HOLD, as: 'voided' } })
  await under.settle()
  const { number } = await under.node.head()
  const minedAt = await blockOf(annId, 1_000n)
  await under.node.reorg(Number(number) - minedAt + 1)
  await mineEmptyBlocks({ rpcUrl: coffer.urls.RPC_URLS, blocks: 1 })
  await under.settle()

  expect(await references(1_000n)).toEqual(['', '/reversal', '#2', '#2/reversal'])
  expect(await balanceOf(annId)).toMatchObject({ available: '0', held: '0' })
  expect(await broken()).toEqual([])
})

const account = (owner: string, code: 'owner.available' | 'custody') =>
  ({ owner, code, asset: accepted.ETH }) as TransactionDraft['entries'][number]['account']

const released = (owner: string): TransactionDraft => ({
  reference: `${HOLD}-is-over`,
  code: 'test.hold',
  owner,
  eventAt: new Date(0),
  entries: [],
})

const held = (owner: string, amount: bigint): TransactionDraft => ({
  ...released(owner),
  reference: HOLD,
  entries: [
    { account: account(owner, 'owner.available'), amount },
    { account: account('system', 'custody'), amount: -amount },
  ],
  hold: {},
})

async function book(draft: TransactionDraft): Promise<void> {
  const unitOfWork = postgresUnitOfWork({ postgres: under.postgres })
  const [outcome] = await unitOfWork((books) => books.post([draft]))
  if (outcome?.status !== 'created') throw new Error(`Expected ${draft.reference} to be booked.`)
}

/** Waits until what the scanner has found is in Kafka. */
const untilPublished = () =>
  waitFor(
    async () => {
      const [row] = await under.postgres.execute<{ final: number }>(sql`
        select count(*)::int as final from deposits.deposits where status = 'final'`)
      const waiting = await relayLag(under.postgres, [transactionsOutbox])
      return row?.final === 1 && waiting.every(({ rows }) => rows === 0)
    },
    { what: 'a deposit to be published' },
  )

/** All but the schema `wallets`, of which there is a backup. */
async function loseDatabase(): Promise<void> {
  for (const schema of ['ledger', 'deposits', 'messaging']) {
    await under.postgres.execute(sql.raw(`drop schema ${schema} cascade`))
  }
}

async function command(...args: string[]) {
  const { DATABASE_URL, KAFKA_BROKERS } = under.coffer.urls
  const { code, stdout, stderr } = await runCoffer(args, { DATABASE_URL, KAFKA_BROKERS })
  const report = args.includes('--json') ? JSON.parse(stdout || 'null') : stdout
  return { code, report, stderr }
}

/** The ledger by its names: numbers of accounts may be others. */
const readBooks = () =>
  under.postgres.execute(sql`
    select account.owner, account.code, account.asset, account.shard, account.debits_posted,
      account.credits_posted, account.debits_pending, account.credits_pending,
      entry.account_version, entry.amount, entry.balance_after, transaction.id,
      transaction.reference, transaction.code as why, transaction.event_at,
      transaction.recorded_at, transaction.phase
    from ledger.transactions transaction
    left join ledger.entries entry on entry.transaction_id = transaction.id
    left join ledger.held_entries held on held.hold_id = transaction.id
    left join ledger.accounts account on account.id in (entry.account_id, held.account_id)
    order by transaction.id, account.owner, account.code, account.asset`)

const readDeposits = () =>
  under.postgres.execute(sql`
    select chain, tx_hash, position, owner, asset, amount, "from", "to", block_number, block_hash,
      block_time, status, reason, revision, credited_at
    from deposits.deposits where revision > 0 order by chain, tx_hash, position`)

type Item = { symbol: string; available: string; held: string }

async function balanceOf(user: string) {
  const { items } = await api<{ items: Item[] }>('GET', `/v1/users/${user}/balances`)
  const { available, held } = items.find(({ symbol }) => symbol === 'ETH') ?? {}
  return { available, held }
}

async function blockOf(owner: string, amount: bigint): Promise<number> {
  const [row] = await under.postgres.execute<{ block: number }>(sql`
    select block_number::int as block from deposits.deposits
    where owner = ${owner} and amount = ${amount.toString()}::numeric`)
  return row?.block ?? 0
}

/** What was booked of the one deposit of this amount, without its name. */
async function references(amount: bigint): Promise<string[]> {
  const rows = await under.postgres.execute<{ kind: string }>(sql`
    select regexp_replace(reference, '^[^/#]*', '') as kind
    from ledger.transactions where reference like (
      select chain || ':0x' || encode(tx_hash, 'hex') || '%' from deposits.deposits
      where amount = ${amount.toString()}::numeric)
    order by id`)
  return rows.map(({ kind }) => kind)
}

/** What must hold and does not, but for what the lost outbox owed, and for the test's hold. */
async function broken(): Promise<Violation[]> {
  const violations = await under.violations()
  return violations.filter(
    ({ problem }) =>
      !/nobody owed it$|in another order than committed$/.test(problem) &&
      !problem.startsWith(HOLD),
  )
}
