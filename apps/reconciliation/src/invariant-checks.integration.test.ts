/**
 * Goal: whatever is wrong in the database of all apps raises the gauge of the invariant that it
 * breaks, and no other. Method: a sound one is damaged, one thing after the other, as no code of
 * ours could, and after each it is asked for everything that rings.
 */
import { randomUUID } from 'node:crypto'
import { depositsMigrations } from '@coffer/deposits/migrations'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postTransactions } from '@coffer/ledger/post-transactions'
import { sealNext } from '@coffer/ledger/seals'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { withdrawalsMigrations } from '@coffer/withdrawals/migrations'
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invariantChecks } from './invariant-checks.ts'
import { watchInvariants } from './watch-invariants.ts'

const CHAIN = chainIdOf(1)
const ASSET = nativeAssetId(CHAIN)
const OWNER = randomUUID()
const HASHES = ['aa', 'bb', 'cc', 'dd'].map((byte) => byte.repeat(32))
const PAID = randomUUID()

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase([
    messagingMigrations,
    walletsMigrations,
    ledgerMigrations,
    depositsMigrations,
    withdrawalsMigrations,
  ])
  for (const [place, hash] of HASHES.entries()) {
    await database.postgres.execute(block(place + 1, hash, HASHES[place - 1]))
    await database.postgres.execute(deposit(hash, 'credited'))
  }
  // Such as no look takes for wrong: too new to be booked, and taken away by a reorg just now.
  await database.postgres.execute(deposit('11'.repeat(32), 'final', 'now()'))
  await database.postgres.execute(deposit('22'.repeat(32), 'rejected'))
  await database.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number, checkpoint_hash)
    values (${CHAIN}, 1, 4, decode(${HASHES[3]}, 'hex')), ('eip155:2', 1, null, null)`)
  await database.postgres.execute(payout(1))
  await database.postgres.execute(withdrawal)
  const drafts = HASHES.map((hash, place) => credit(`${CHAIN}:0x${hash}:value`, `owner-${place}`))
  await database.postgres.transaction((tx) => postTransactions(tx, drafts))
  await sealAll()
})
afterAll(() => database[Symbol.asyncDispose]())

test('each thing that is wrong raises the gauge of its invariant, and no other', async () => {
  const rings = new Map<string, string[]>()
  const damage = async (name: string, change: SQL) => {
    await corrupt(change)
    rings.set(name, await ringing())
  }

  await damage('nothing', sql`select`)
  await damage(
    'a block is gone',
    sql`delete from deposits.blocks where number = 2 and chain = ${CHAIN}`,
  )
  await damage('a withdrawal is paid twice', payout(2))
  await damage('a credit is of less than was deposited', changeOf(0, sql`amount = 6`))
  await damage('a deposit says it is credited and is not', deposit('33'.repeat(32), 'credited'))
  await damage(
    'what is credited was never deposited',
    sql`delete from deposits.deposits where tx_hash = decode(${HASHES[1]}, 'hex')`,
  )
  await damage(
    'what was sealed is changed',
    sql`update ledger.transactions set event_at = now() where reference like ${`%${HASHES[2]}%`}`,
  )
  await damage(
    'an account counts more than it has',
    sql`update ledger.accounts set credits_posted = credits_posted + 1 where owner = 'owner-0'`,
  )
  await damage(
    'an owner has less than nothing',
    sql`update ledger.accounts set debits_pending = 9 where owner = 'owner-1'`,
  )

  expect([...rings]).toEqual([
    ['nothing', []],
    ['a block is gone', ['I8']],
    ['a withdrawal is paid twice', ['I7', 'I8']],
    ['a credit is of less than was deposited', ['I2', 'I7', 'I8']],
    ['a deposit says it is credited and is not', ['I2', 'I3', 'I7', 'I8']],
    ['what is credited was never deposited', ['I2', 'I3', 'I4', 'I7', 'I8']],
    ['what was sealed is changed', ['I10', 'I2', 'I3', 'I4', 'I7', 'I8']],
    ['an account counts more than it has', ['I1', 'I10', 'I2', 'I3', 'I4', 'I7', 'I8']],
    ['an owner has less than nothing', ['I1', 'I10', 'I2', 'I3', 'I4', 'I6', 'I7', 'I8']],
  ])
})

test('a withdrawal that is completed without having been paid is told, and one paid otherwise', async () => {
  const look = invariantChecks(database.postgres).find(({ name }) => name === 'payouts')?.look
  await corrupt(sql`delete from withdrawals.transactions where nonce = 2`)
  expect(await look?.()).toEqual([])

  await corrupt(sql`update withdrawals.withdrawals set amount = 8`)
  const otherwise = await look?.()
  await corrupt(sql`update withdrawals.transactions set status = 'displaced'`)

  const told = [...(otherwise ?? []), ...((await look?.()) ?? [])].map(({ problem }) => problem)
  expect(told).toEqual([
    expect.stringMatching(/^it is to pay 8 to 0xabab.*; transaction .* paid 7 to 0xabab/),
    'it is completed, and no transaction that succeeded paid it',
  ])
})

/** Those invariants of which something is told that is wrong, after one round of all checks. */
async function ringing(): Promise<string[]> {
  const stop = new AbortController()
  const metrics = createMetrics('test')
  const last = {
    ...{ name: 'last', invariants: [] },
    async look() {
      stop.abort()
      return []
    },
  }
  const checks = [...invariantChecks(database.postgres), last]
  await watchInvariants({ checks, metrics, logger: silentLogger, everyMs: 0 })(stop.signal)
  const told = [
    ...(await metrics.metrics()).matchAll(
      /^coffer_invariant_violations\{.*invariant="(.*?)".* (\d+)/gm,
    ),
  ]
  expect(told.map(([, name]) => name).toSorted()).toEqual([
    'I1',
    'I10',
    'I2',
    'I3',
    'I4',
    'I6',
    'I7',
    'I8',
  ])
  return told.flatMap(([, name = '', count]) => (count === '0' ? [] : [name])).toSorted()
}

async function corrupt(change: SQL): Promise<void> {
  await database.postgres.transaction(async (tx) => {
    await tx.execute(
      sql`alter table ledger.accounts drop constraint if exists accounts_available_not_negative`,
    )
    // Triggers and foreign keys are off in this transaction.
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(change)
  })
}

const credit = (reference: string, owner: string) => ({
  ...{ reference, code: 'deposit.credit', owner, eventAt: new Date(0) },
  entries: [
    { account: { owner: 'system', code: 'custody', asset: ASSET }, amount: 5n },
    { account: { owner, code: 'owner.available', asset: ASSET }, amount: -5n },
  ] as const,
})

const sealAll = () =>
  waitFor(
    async () => {
      await sealNext(database.postgres)()
      const rows = await database.postgres.execute(sql`select from ledger.seals`)
      return rows.length > 0
    },
    { what: 'the seal', intervalMs: 5 },
  )

const block = (number: number, hash: string, parent = '00'.repeat(32)) => sql`
  insert into deposits.blocks (chain, number, hash, parent_hash, time)
  values (${CHAIN}, ${number}, decode(${hash}, 'hex'), decode(${parent}, 'hex'), now())`

/** One of 5 that was found long ago. */
const deposit = (hash: string, status: string, confirmed = `now() - interval '1 day'`) => sql`
  insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
    block_number, block_hash, block_time, status, revision, seen_at, confirmed_at)
  values (${CHAIN}, decode(${hash}, 'hex'), 'value', ${OWNER}, ${ASSET}, 5, '', '', 1,
    decode(${hash}, 'hex'), now(), ${status}, 1, now() - interval '1 day', ${sql.raw(confirmed)})`

const changeOf = (place: number, change: SQL) => sql`
  update deposits.deposits set ${change} where tx_hash = decode(${HASHES[place]}, 'hex')`

const TO = 'ab'.repeat(20)

/** The first of them pays the withdrawal that is completed. */
const payout = (nonce: number) => sql`
  insert into withdrawals.transactions (id, chain, sender, nonce, purpose, to_address, value,
    call_data, gas, max_fee_per_gas, max_priority_fee_per_gas, payments, status, mined_hash,
    created_at, due_at, ended_at)
  values (${nonce === 1 ? PAID : randomUUID()}, ${CHAIN}, '', ${nonce}, 'payout', '', 7, '', 1, 1,
    1, ${JSON.stringify([{ id: PAID, asset: ASSET, to: `0x${TO}`, amount: '7' }])}::jsonb,
    'succeeded', decode('ee', 'hex'), now(), now(), now())`

const withdrawal = sql`
  insert into withdrawals.withdrawals (id, owner, chain, asset, to_address, amount, fee, status,
    needs_approval, transaction_id, tx_hash, version, requested_at)
  values (${PAID}, ${OWNER}, ${CHAIN}, ${ASSET}, decode(${TO}, 'hex'), 7, 0, 'completed', false,
    ${PAID}, decode('ee', 'hex'), 1, now())`
