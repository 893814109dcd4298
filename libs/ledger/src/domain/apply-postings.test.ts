import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { UNITS_MAX } from '@coffer/money/units'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEW_ACCOUNT } from './account-state.ts'
import { applyPostings } from './apply-postings.ts'
import { type AccountName, accountKey, accountsOf, type TransactionDraft } from './transaction.ts'

const asset = nativeAssetId(chainIdOf(1))
const custody: AccountName = { owner: 'system', code: 'custody', asset }
const available = (owner: string): AccountName => ({ owner, code: 'owner.available', asset })
const receivable = (owner: string): AccountName => ({ owner, code: 'owner.receivable', asset })

type Change = Partial<TransactionDraft>

const credit = (reference: string, owner: string, amount: bigint): TransactionDraft =>
  transaction(reference, 'credit', [
    { account: custody, amount },
    { account: available(owner), amount: -amount },
  ])

const debit = (reference: string, owner: string, amount: bigint): TransactionDraft =>
  transaction(reference, 'debit', [
    { account: available(owner), amount },
    { account: custody, amount: -amount },
  ])

const takeBack = (reference: string, owner: string, amount: bigint, change: Change = {}) => ({
  ...transaction(reference, 'reversal', [
    { account: available(owner), amount, shortfall: receivable(owner) },
    { account: custody, amount: -amount },
  ]),
  ...change,
})

const transaction = (
  reference: string,
  code: string,
  entries: TransactionDraft['entries'],
): TransactionDraft => ({ reference, code, owner: 'alice', eventAt: new Date(0), entries })

const apply = (drafts: TransactionDraft[], { shard = 0 } = {}) =>
  applyPostings({
    shard,
    accounts: new Map(drafts.flatMap(accountsOf).map((name) => [accountKey(name), NEW_ACCOUNT])),
    recorded: new Map(),
    drafts,
    now: new Date(0),
  })

test('numbers the entries of each account and runs its balance, the system in its shard', () => {
  const entryOf = (owner: string, amount: bigint) => {
    return { account: available(owner), shard: 0, amount, accountVersion: 1, balanceAfter: amount }
  }

  const { applied } = apply([credit('1', 'alice', 5n), credit('2', 'bob', 7n)], { shard: 3 })

  expect(applied).toEqual([
    {
      status: 'created',
      entries: [
        { account: custody, shard: 3, amount: 5n, accountVersion: 1, balanceAfter: 5n },
        entryOf('alice', -5n),
      ],
    },
    {
      status: 'created',
      entries: [
        { account: custody, shard: 3, amount: 7n, accountVersion: 2, balanceAfter: 12n },
        entryOf('bob', -7n),
      ],
    },
  ])
})

test('refuses what the owner does not have, and goes on with the others', () => {
  const { applied, changed } = apply([
    credit('1', 'alice', 5n),
    debit('2', 'alice', 6n),
    debit('3', 'alice', 5n),
  ])

  expect(applied).toMatchObject([
    { status: 'created' },
    {
      status: 'refused',
      refusal: { reason: 'insufficient_funds', account: available('alice'), available: 5n },
    },
    { status: 'created' },
  ])
  expect(changed.get(accountKey(available('alice')))).toMatchObject({ version: 2 })
})

test('refuses to spend what is held for something else', () => {
  const drafts = [debit('1', 'alice', 3n), debit('2', 'alice', 2n)]
  const accounts = new Map(
    drafts.flatMap(accountsOf).map((name) => [accountKey(name), NEW_ACCOUNT]),
  )
  accounts.set(accountKey(available('alice')), {
    ...NEW_ACCOUNT,
    creditsPosted: 5n,
    debitsPending: 3n,
  })

  const { applied } = applyPostings({ accounts, recorded: new Map(), drafts, now: new Date(0) })

  expect(applied).toMatchObject([
    { status: 'refused', refusal: { reason: 'insufficient_funds', available: 2n } },
    { status: 'created' },
  ])
})

test('answers a reference that it knows, and says what differs', () => {
  const first = credit('1', 'alice', 5n)

  const { applied } = apply([
    first,
    first,
    { ...first, code: 'other' },
    { ...first, eventAt: new Date(1) },
    credit('1', 'alice', 6n),
    credit('1', 'bob', 5n),
  ])

  expect(applied.map(({ status }) => status)).toEqual([
    'created',
    'exists',
    'exists_with_different_code',
    'exists_with_different_event_at',
    'exists_with_different_entries',
    'exists_with_different_entries',
  ])
})

test('books on the account of the shortfall what is no longer there', () => {
  const { applied } = apply([
    credit('1', 'alice', 5n),
    debit('2', 'alice', 2n),
    takeBack('3', 'alice', 5n, { reverses: '1' }),
  ])

  expect(applied[2]).toMatchObject({
    status: 'created',
    entries: [
      { account: available('alice'), amount: 3n, balanceAfter: 0n },
      { account: receivable('alice'), amount: 2n, balanceAfter: 2n },
      { account: custody, amount: -5n, balanceAfter: -2n },
    ],
  })
})

test('of several accounts of a shortfall each gives what it has, and the last one the rest', () => {
  const reversal = transaction('3', 'reversal', [
    {
      account: available('alice'),
      amount: 9n,
      shortfall: [available('bob'), receivable('alice')],
    },
    { account: custody, amount: -9n },
  ])

  const { applied } = apply([credit('1', 'alice', 5n), credit('2', 'bob', 3n), reversal, reversal])

  expect(applied[2]).toMatchObject({
    status: 'created',
    entries: [
      { account: available('alice'), amount: 5n },
      { account: available('bob'), amount: 3n },
      { account: receivable('alice'), amount: 1n },
      { account: custody, amount: -9n },
    ],
  })
  expect(applied[3]).toEqual({ status: 'exists' })
})

test('knows a transaction again whose shortfall was booked elsewhere', () => {
  const reversal = takeBack('2', 'alice', 5n)

  const { applied } = apply([reversal, credit('1', 'alice', 5n), reversal])

  expect(applied.map(({ status }) => status)).toEqual(['created', 'created', 'exists'])
})

test('reverses only what was booked, and only exactly', () => {
  const { applied } = apply([
    takeBack('2', 'alice', 5n, { reverses: '1' }),
    credit('1', 'alice', 5n),
    takeBack('3', 'alice', 4n, { reverses: '1' }),
    takeBack('4', 'bob', 5n, { reverses: '1' }),
    takeBack('5', 'alice', 5n, { reverses: '1' }),
    takeBack('2', 'alice', 5n, { reverses: '1' }),
    takeBack('6', 'alice', 5n, { reverses: '3' }),
  ])

  expect(applied).toMatchObject([
    { status: 'refused', refusal: { reason: 'nothing_to_reverse', reverses: '1' } },
    { status: 'created' },
    { status: 'refused', refusal: { reason: 'not_the_negation', reverses: '1' } },
    { status: 'refused', refusal: { reason: 'not_the_negation', reverses: '1' } },
    { status: 'created' },
    // Once refused it stays refused, also when it could be booked by now.
    { status: 'refused', refusal: { reason: 'nothing_to_reverse', reverses: '1' } },
    { status: 'refused', refusal: { reason: 'nothing_to_reverse', reverses: '3' } },
  ])
})

const order = fc.record({
  kind: fc.constantFrom('credit', 'debit', 'takeBack'),
  reference: fc.integer({ min: 1, max: 20 }).map(String),
  owner: fc.constantFrom('alice', 'bob'),
  amount: fc.oneof(
    fc.bigInt({ min: 1n, max: 10n }),
    fc.bigInt({ min: UNITS_MAX - 3n, max: UNITS_MAX }),
  ),
})

const makers = { credit, debit, takeBack }

test('agrees with a model that keeps two numbers an owner', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
      const held = new Map<string, bigint>()
      const owed = new Map<string, bigint>()
      const done = new Map<string, 'known' | 'refused'>()
      const expected = orders.map(({ kind, reference, owner, amount }) => {
        const before = held.get(owner) ?? 0n
        const earlier = done.get(reference)
        if (earlier !== undefined) return earlier
        const isRefused = kind === 'debit' && before < amount
        done.set(reference, isRefused ? 'refused' : 'known')
        if (isRefused) return 'refused'
        const taken = before < amount ? before : amount
        held.set(owner, kind === 'credit' ? before + amount : before - taken)
        if (kind === 'takeBack') owed.set(owner, (owed.get(owner) ?? 0n) + amount - taken)
        return 'created'
      })

      const { applied, changed } = apply(
        orders.map(({ kind, reference, owner, amount }) => makers[kind](reference, owner, amount)),
      )

      const statuses = applied.map(({ status }) => (status.startsWith('exists') ? 'known' : status))
      expect(statuses).toEqual(expected)
      const balance = (name: AccountName) => {
        const { debitsPosted, creditsPosted } = changed.get(accountKey(name)) ?? NEW_ACCOUNT
        return debitsPosted - creditsPosted
      }
      let total = balance(custody)
      for (const owner of ['alice', 'bob']) {
        expect(-balance(available(owner))).toBe(held.get(owner) ?? 0n)
        expect(balance(receivable(owner))).toBe(owed.get(owner) ?? 0n)
        total += balance(available(owner)) + balance(receivable(owner))
      }
      expect(total).toBe(0n)
    }),
  )
})

test('leaves every account with as many entries as its version says, each balance run on', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
      const { applied, changed } = apply(
        orders.map(({ kind, reference, owner, amount }) => makers[kind](reference, owner, amount)),
      )

      const running = new Map<string, { version: number; balance: bigint }>()
      for (const outcome of applied) {
        for (const entry of outcome.status === 'created' ? outcome.entries : []) {
          const key = accountKey(entry.account)
          const before = running.get(key) ?? { version: 0, balance: 0n }
          const after = { version: before.version + 1, balance: before.balance + entry.amount }
          expect({ version: entry.accountVersion, balance: entry.balanceAfter }).toEqual(after)
          running.set(key, after)
        }
      }
      expect([...changed].map(([key, { version }]) => [key, version]).sort()).toEqual(
        [...running].map(([key, { version }]) => [key, version]).sort(),
      )
    }),
  )
})
