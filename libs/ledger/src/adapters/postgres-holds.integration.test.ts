import { transactionCreated } from '@coffer/events/accounting-events'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import type { AccountName, TransactionDraft } from '../domain/transaction.ts'
import type { PostingOutcome } from '../ports.ts'
import { announcements } from '../testing/announcements.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { balancesOf } from './balances.ts'
import { checkLedger } from './check-ledger.ts'
import { postTransactions } from './post-transactions.ts'
import { LOCK_CLASS } from './postgres-shards.ts'

const CONNECTIONS = 20

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase({ connectionsMax: CONNECTIONS })
})
afterAll(() => database[Symbol.asyncDispose]())

const custody: AccountName = { owner: 'system', code: 'custody', asset: ETH }
const available = (owner: string): AccountName => ({ owner, code: 'owner.available', asset: ETH })

const credit = (number: number, owner: string, amount: bigint) =>
  depositCredit(confirmed({ number, owner, amount }).data)

type Change = Partial<TransactionDraft>

const spend = (reference: string, owner: string, amount: bigint, change: Change = {}) => ({
  ...draft(reference, owner, change),
  entries: [
    { account: available(owner), amount },
    { account: custody, amount: -amount },
  ],
})

const draft = (reference: string, owner: string, change: Change): TransactionDraft => ({
  reference,
  code: 'test',
  owner,
  eventAt: new Date(0),
  entries: [],
  ...change,
})

const post = (drafts: readonly TransactionDraft[]): Promise<PostingOutcome[]> =>
  database.postgres.transaction((tx) => postTransactions(tx, drafts))

const statuses = (outcomes: readonly PostingOutcome[]) => outcomes.map(({ status }) => status)

const balance = async (owner: string) => {
  const [of] = await balancesOf(database.postgres, owner)
  return of && [of.available, of.held]
}

const voiding = (hold: string) => ({ resolves: { hold, as: 'voided' } }) as const
const posting = (hold: string) => ({ resolves: { hold, as: 'posted' } }) as const

test('holds, posts a part and voids, in one batch and in several, whatever shard is taken', async () => {
  await post([
    credit(1, 'ann', 10n),
    spend('ann-a', 'ann', 4n, { hold: {} }),
    spend('ann-b', 'ann', 3n, { hold: {} }),
    spend('ann-b-posted', 'ann', 2n, posting('ann-b')),
  ])
  expect(await balance('ann')).toEqual([4n, 4n])

  // The shard that the hold is in is another's now.
  const resolved = await database.postgres.transaction(async (other) => {
    await other.execute(sql`
      select pg_advisory_xact_lock(${LOCK_CLASS}, shard)
      from ledger.held_entries join ledger.accounts on id = account_id where owner = 'system'
    `)
    return await post([draft('ann-a-void', 'ann', voiding('ann-a'))])
  })

  expect(statuses(resolved)).toEqual(['created'])
  expect(await balance('ann')).toEqual([8n, 0n])
})

test('knows again what it booked of a hold, and says what differs', async () => {
  const hold = spend('cy', 'cy', 4n, { hold: { expiresAt: new Date(10_000_000_000_000) } })
  const end = spend('cy-end', 'cy', 1n, posting('cy'))
  await post([credit(5, 'cy', 10n), hold])
  await post([end])

  expect(
    statuses(
      await post([
        hold,
        end,
        { ...hold, hold: {} },
        spend('cy', 'cy', 4n),
        { ...end, resolves: { hold: 'other', as: 'posted' } },
        spend('cy', 'cy', 5n, { hold: {} }),
      ]),
    ),
  ).toEqual([
    'exists',
    'exists',
    'exists_with_different_hold',
    'exists_with_different_hold',
    'exists_with_different_resolves',
    'exists_with_different_entries',
  ])
})

test('L4: of 500 holds that are asked for at once as many are given as there is money', async () => {
  await post([credit(10, 'dan', 5_000n)])

  const outcomes = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, poster) => {
      const given: PostingOutcome[] = []
      for (let place = poster; place < 500; place += CONNECTIONS) {
        given.push(...(await post([spend(`dan-${place}`, 'dan', 1_000n, { hold: {} })])))
      }
      return given
    }),
  )

  expect(outcomes.flat()).toHaveLength(500)
  expect(outcomes.flatMap(statuses).filter((status) => status === 'created')).toHaveLength(5)
  expect(await balance('dan')).toEqual([0n, 5_000n])
})

test('L3: of many that end one hold at once, one does', async () => {
  await post([credit(20, 'eve', 10n), spend('eve', 'eve', 6n, { hold: {} })])

  const outcomes = await Promise.all(
    Array.from({ length: 12 }, (_, place) =>
      post([
        place % 3 === 0
          ? draft(`eve-${place}`, 'eve', voiding('eve'))
          : spend(`eve-${place}`, 'eve', 6n, posting('eve')),
      ]),
    ),
  )

  expect(outcomes.flatMap(statuses).toSorted()).toEqual([
    'created',
    ...Array<string>(11).fill('refused'),
  ])
  expect((await balance('eve'))?.[1]).toBe(0n)
})

test('of many that take a transaction back at once, one does', async () => {
  const original = credit(30, 'fay', 10n)
  await post([original, credit(31, 'fay', 100n)])

  const outcomes = await Promise.all(
    Array.from({ length: 8 }, (_, place) =>
      post([spend(`fay-${place}`, 'fay', 10n, { reverses: original.reference })]),
    ),
  )

  expect(outcomes.flatMap(statuses).toSorted()).toEqual([
    'created',
    ...Array<string>(7).fill('refused'),
  ])
  expect(await balance('fay')).toEqual([100n, 0n])
})

test('an account that is closed takes nothing more, whoever comes first', async () => {
  await post([credit(40, 'gus', 10n)])
  const close = spend('gus-close', 'gus', 10n, { closes: [available('gus')] })

  const outcomes = await Promise.all([
    post([close]),
    ...Array.from({ length: 6 }, (_, place) => post([credit(41 + place, 'gus', 1n)])),
  ])
  const [again, later] = [await post([close]), await post([credit(49, 'gus', 1n)])]

  // Either it was closed first, or a credit came in between and it was not empty.
  const [closing, ...credits] = outcomes.flatMap(statuses)
  const expected = closing === 'created' ? 'refused' : 'created'
  expect(statuses(again)).toEqual([closing === 'created' ? 'exists' : 'refused'])
  expect(statuses(later)).toEqual([expected])
  expect(closing === 'created' || credits.includes('created')).toBe(true)
})

test('announces what is held, ended, taken back and closed', async () => {
  const expiresAt = new Date(10_000_000_000_000)
  const original = credit(60, 'hal', 5n)
  await post([
    original,
    spend('hal-hold', 'hal', 3n, { hold: { expiresAt } }),
    draft('hal-void', 'hal', voiding('hal-hold')),
    spend('hal-back', 'hal', 5n, { reverses: original.reference, closes: [available('hal')] }),
  ])

  const announced = (await announcements(database.postgres))
    .filter(({ key }) => key === 'hal')
    .map(({ value }) => transactionCreated.parse(JSON.parse(String(value))))

  const side = { owner: 'hal', account: 'owner.available', asset: ETH }
  expect(announced.slice(1)).toMatchObject([
    {
      entries: [],
      hold: {
        held: expect.arrayContaining([{ ...side, shard: 0, amount: 3n }]),
        expiresAt: expiresAt.toISOString(),
      },
    },
    { entries: [], resolves: { hold: 'hal-hold', as: 'voided' } },
    { entries: [{}, {}], reverses: original.reference, closes: [side] },
  ])
})

test.each([
  ['update ledger.held_entries set amount = 1', 'append-only'],
  ['delete from ledger.held_entries', 'append-only'],
  ['update ledger.open_holds set expires_at = null', 'append-only'],
  ['delete from ledger.open_holds', 'is still open'],
  ["update ledger.transactions set phase = 'voided' where phase = 'held'", 'append-only'],
  [
    `insert into ledger.held_entries
      select transaction.id, account.id, 1 from ledger.transactions transaction, ledger.accounts
      account where reference = 'ida' and account.owner = 'ida-2'`,
    'not a sum of zero',
  ],
  [
    `insert into ledger.held_entries select 1, id, amount from ledger.accounts account,
      (values ('ida', 1), ('ida-2', -1)) as side (name, amount) where name = account.owner`,
    'is no hold',
  ],
  [
    `insert into ledger.transactions (event_at, reference, code, owner, phase, resolves)
      select now(), 'again', 'test', 'ida', 'posted', resolves from ledger.transactions
      where reference = 'ida-void'`,
    'transactions_resolve_once',
  ],
  ["update ledger.accounts set version = 5 where owner = 'ida-closed'", 'closed_stays_empty'],
])('the database refuses: %s', async (statement, message) => {
  await post([
    credit(70, 'ida', 10n),
    credit(71, 'ida-2', 10n),
    spend('ida', 'ida', 3n, { hold: {} }),
    spend('ida-open', 'ida', 3n, { hold: {} }),
    draft('ida-void', 'ida', voiding('ida')),
    draft('ida-close', 'ida', { closes: [available('ida-closed')] }),
  ])

  const change = database.postgres.execute(sql.raw(statement))

  await expect(change).rejects.toMatchObject({
    cause: { message: expect.stringContaining(message) },
  })
})

test('leaves a ledger in which everything agrees', async () => {
  expect(await checkLedger(database.postgres)).toEqual([])
})
