import { type Message, readEvent } from '@coffer/events/event'
import { describe, expect, test } from 'vitest'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import { memoryUnitOfWork } from '../testing/memory-unit-of-work.ts'
import { confirmed, ETH, reversed, suspended } from '../testing/sample-events.ts'
import { bookDeposits } from './book-deposits.ts'

function books() {
  const { unitOfWork, contents } = memoryUnitOfWork()
  const unassigned: number[] = []
  const metrics = { unassigned: (count: number) => void unassigned.push(count) }
  return {
    book: bookDeposits({ unitOfWork, metrics }),
    contents,
    unassigned,
    /** Closes an account, which books what is left on it to another owner. */
    close: (owner: string, left = 0n, code: AccountCode = 'owner.available') =>
      unitOfWork(async ({ post }) => {
        const account = { owner, code, asset: ETH }
        const entries = [
          { account, amount: left },
          { account: { ...account, owner: 'heir' }, amount: -left },
        ]
        const moment = { code: 'test.close', owner, eventAt: new Date(0) }
        const reference = `close ${owner} ${code}`
        const draft = { ...moment, reference, closes: [account] }
        expect(await post([{ ...draft, entries: left > 0n ? entries : [] }])).toMatchObject([
          { status: 'created' },
        ])
      }),
    balances: () =>
      Object.fromEntries(
        [...contents().accounts]
          .map(([key, state]) => [key, state.debitsPosted - state.creditsPosted] as const)
          .filter(([, balance]) => balance !== 0n)
          .map(([key, balance]) => [key.replace(` ${ETH}`, ''), balance]),
      ),
  }
}

const entryOf = (first: { owner: string; account: string; amount: bigint }) => ({
  ...first,
  asset: ETH,
  shard: 0,
  accountVersion: 1,
  balanceAfter: first.amount,
})

test('credits a deposit and announces the whole transaction', async () => {
  const { book, contents } = books()
  const deposit = confirmed({ number: 1, owner: 'alice', amount: 5n })

  expect(await book([{ ...deposit, traceparent: '00-trace' }])).toEqual({
    booked: 1,
    duplicates: 0,
  })

  const [message] = contents().announced
  expect(message).toMatchObject({ key: 'alice', headers: { traceparent: '00-trace' } })
  expect(message && readEvent(message)).toEqual({
    id: `transaction:${deposit.id}`,
    type: 'transaction.created',
    source: 'coffer/accounts',
    time: '1970-01-01T00:00:00.000Z',
    data: {
      transactionId: `id of ${deposit.id}`,
      reference: deposit.id,
      code: 'deposit.credit',
      eventAt: '2026-11-21T10:59:48.000Z',
      recordedAt: '1970-01-01T00:00:00.000Z',
      entries: [
        entryOf({ owner: 'system', account: 'custody', amount: 5n }),
        entryOf({ owner: 'alice', account: 'owner.available', amount: -5n }),
      ],
    },
  })
})

test('books an event once, in one batch or in several', async () => {
  const { book, contents } = books()
  const deposit = confirmed({ number: 1, owner: 'alice', amount: 5n })

  expect(await book([deposit, deposit])).toEqual({ booked: 1, duplicates: 1 })
  expect(await book([deposit])).toEqual({ booked: 0, duplicates: 1 })
  expect(contents().announced).toHaveLength(1)
})

test('takes a credit back and credits it again under the next revision', async () => {
  const { book, contents } = books()
  const deposit = { number: 1, owner: 'alice', amount: 5n }

  await book([confirmed(deposit), reversed(deposit), confirmed({ ...deposit, revision: 2 })])

  expect(contents().announced.map((message) => readEvent(message).data)).toMatchObject([
    { code: 'deposit.credit' },
    { code: 'deposit.reversal' },
    { code: 'deposit.credit', entries: [{}, { balanceAfter: -5n }] },
  ])
})

describe('a deposit that is not credited', () => {
  const deposit = { number: 1, owner: 'alice', amount: 5n }

  test('is held in suspense, and its owner has nothing of it', async () => {
    const { book, contents } = books()

    await book([suspended(deposit)])

    expect(contents().announced.map((message) => readEvent(message).data)).toMatchObject([
      {
        reference: suspended(deposit).id,
        code: 'deposit.suspense',
        entries: [
          entryOf({ owner: 'system', account: 'custody', amount: 5n }),
          entryOf({ owner: 'system', account: 'suspense', amount: -5n }),
        ],
      },
    ])
  })

  test('is taken out of suspense by a reorg, and may be credited when it comes back', async () => {
    const { book, contents } = books()

    await book([
      suspended(deposit),
      reversed({ ...deposit, wasSuspended: true }),
      confirmed({ ...deposit, revision: 2 }),
    ])

    expect(contents().announced.map((message) => readEvent(message).data)).toMatchObject([
      { code: 'deposit.suspense' },
      {
        code: 'deposit.reversal',
        entries: [
          { account: 'custody', amount: -5n, balanceAfter: 0n },
          { account: 'suspense', amount: 5n, balanceAfter: 0n },
        ],
      },
      { code: 'deposit.credit', entries: [{}, { account: 'owner.available', balanceAfter: -5n }] },
    ])
  })

  test('is never credited as well', async () => {
    const { book, contents } = books()
    await book([suspended(deposit)])

    const work = book([confirmed(deposit)])

    await expect(work).rejects.toThrow('exists_with_different_code')
    expect(contents().announced).toHaveLength(1)
  })

  test('is not taken back from its owner', async () => {
    const { book } = books()
    await book([suspended(deposit)])

    await expect(book([reversed(deposit)])).rejects.toThrow('not_the_negation')
  })
})

describe('of an owner whose account is closed', () => {
  const deposit = { number: 1, owner: 'alice', amount: 5n }

  test('a deposit is booked, once, to where nobody can spend it', async () => {
    const { book, balances, close, contents, unassigned } = books()
    await close('alice')

    const [first, again] = [await book([confirmed(deposit)]), await book([confirmed(deposit)])]

    expect([first, again]).toEqual([
      { booked: 1, duplicates: 0 },
      { booked: 0, duplicates: 1 },
    ])
    expect(balances()).toEqual({ 'custody system': 5n, 'owner.suspense alice': -5n })
    expect(readEvent(contents().announced.at(-1) as Message).data).toMatchObject({
      reference: confirmed(deposit).id,
      code: 'deposit.unassigned',
    })
    expect(unassigned).toEqual([1])
  })

  test('the others of its batch are credited, and a reorg takes it back, once', async () => {
    const { book, balances, close } = books()
    await close('alice')
    const batch = [
      confirmed({ number: 2, owner: 'bob', amount: 7n }),
      confirmed(deposit),
      reversed(deposit),
      confirmed({ ...deposit, revision: 2 }),
    ]

    expect(await book(batch)).toEqual({ booked: 4, duplicates: 0 })
    expect(await book([...batch, reversed({ ...deposit, revision: 2 })])).toEqual({
      booked: 1,
      duplicates: 4,
    })

    expect(balances()).toEqual({ 'custody system': 7n, 'owner.available bob': -7n })
  })

  test('a reorg takes back what was credited and spent before', async () => {
    const { book, balances, close } = books()
    await book([confirmed(deposit)])
    await close('alice', 5n)
    await close('alice', 0n, 'owner.receivable')

    await book([reversed(deposit)])

    expect(balances()).toEqual({ 'owner.available heir': -5n, 'owner.suspense alice': 5n })
  })

  test('what contradicts the ledger is refused all the same, for its own reason', async () => {
    const { book, contents, close } = books()
    await close('alice')
    await book([confirmed(deposit)])

    await expect(book([confirmed({ ...deposit, amount: 6n })])).rejects.toThrow(
      'exists_with_different_code',
    )
    await expect(book([reversed({ ...deposit, amount: 6n })])).rejects.toThrow('not_the_negation')
    await expect(book([reversed({ ...deposit, number: 2 })])).rejects.toThrow('nothing_to_reverse')
    expect(contents().transactions.size).toBe(2)
  })
})

test('refuses to take back what was never credited, and books nothing of the batch', async () => {
  const { book, contents } = books()
  const batch = [
    confirmed({ number: 1, owner: 'alice', amount: 5n }),
    reversed({ number: 2, owner: 'alice', amount: 5n }),
  ]

  await expect(book(batch)).rejects.toMatchObject({
    code: 'LEDGER_DEPOSIT_NOT_BOOKABLE',
    retry: 'never',
    message: expect.stringContaining('nothing_to_reverse'),
  })
  expect(contents()).toMatchObject({ announced: [], transactions: new Map() })
})

test('refuses to take back another amount than was credited', async () => {
  const { book } = books()
  await book([confirmed({ number: 1, owner: 'alice', amount: 5n })])

  const work = book([reversed({ number: 1, owner: 'alice', amount: 6n })])

  await expect(work).rejects.toThrow('not_the_negation')
})

test('refuses an event whose id is not that of its deposit', async () => {
  const { book } = books()
  const deposit = confirmed({ number: 1, owner: 'alice', amount: 5n })

  const work = book([{ ...deposit, id: 'another' }])

  await expect(work).rejects.toMatchObject({ code: 'LEDGER_DEPOSIT_NOT_BOOKABLE', retry: 'never' })
})

test.each([
  ['an amount of 0', { owner: 'alice', amount: 0n }],
  ['the system as its owner', { owner: 'system', amount: 5n }],
])('refuses a deposit with %s', async (_, deposit) => {
  const { book } = books()

  const work = book([confirmed({ number: 1, ...deposit })])

  await expect(work).rejects.toMatchObject({ code: 'LEDGER_TRANSACTION_DRAFT', retry: 'never' })
})
