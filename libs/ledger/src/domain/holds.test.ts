import { expect, test } from 'vitest'
import {
  available,
  credit,
  custody,
  draft,
  end,
  hold,
  move,
  NOW,
  post,
  smallLedger,
} from '../testing/small-ledger.ts'
import { NEW_ACCOUNT } from './account-state.ts'
import { applyPostings } from './apply-postings.ts'
import { accountKey, type TransactionDraft } from './transaction.ts'

type Change = Partial<TransactionDraft>

const PAST = new Date(NOW.getTime())
const FUTURE = new Date(NOW.getTime() + 1)

test('a hold takes from what is available, and books nothing', () => {
  const { apply, state } = smallLedger(3)

  const applied = apply(credit('1', 'alice', 5n), hold('2', 'alice', 3n), hold('3', 'alice', 3n))

  expect(applied.slice(1)).toEqual([
    {
      status: 'created',
      entries: [],
      held: [
        { account: available('alice'), shard: 0, amount: 3n },
        { account: custody, shard: 3, amount: -3n },
      ],
    },
    {
      status: 'refused',
      refusal: { reason: 'insufficient_funds', account: available('alice'), available: 2n },
    },
  ])
  expect(state(available('alice'))).toMatchObject({
    creditsPosted: 5n,
    debitsPosted: 0n,
    debitsPending: 3n,
    version: 1,
  })
  expect(state(custody)).toMatchObject({ debitsPosted: 5n, creditsPending: 3n })
})

test('posting a part of a hold sets the rest free', () => {
  const { apply, state } = smallLedger()
  apply(credit('1', 'alice', 5n), hold('2', 'alice', 4n))

  const [posted] = apply(post('3', '2', 'alice', 1n))

  expect(posted).toMatchObject({ entries: [{ amount: 1n, balanceAfter: -4n }, { amount: -1n }] })
  expect(state(available('alice'))).toMatchObject({ debitsPosted: 1n, debitsPending: 0n })
  expect(state(custody)).toMatchObject({ creditsPosted: 1n, creditsPending: 0n })
})

test('a hold may be posted with more beside it, such as a fee, that is there', () => {
  const { apply } = smallLedger()
  apply(credit('1', 'alice', 5n), credit('2', 'bob', 1n), hold('3', 'alice', 4n))
  const posted = post('4', '3', 'alice', 4n)
  const fee = move(available('bob'), available('alice'), 1n)

  const [withFee] = apply({ ...posted, entries: [...posted.entries, ...fee] })

  expect(withFee).toMatchObject({ status: 'created' })
})

test.each([
  ['posted', post('4', '2', 'alice', 4n)],
  ['voided', end('4', '2', 'voided')],
  ['expired', end('4', '2', 'expired')],
] as const)('a hold that is %s ends in no other way', (as, ending) => {
  const { apply, state } = smallLedger()
  // An expiry is booked after its time; until then a hold can be posted.
  const expiresAt = as === 'expired' ? PAST : FUTURE
  apply(credit('1', 'alice', 5n), hold('2', 'alice', 4n, expiresAt))

  const [first, again] = apply(ending, ending)
  const later = apply(
    post('5', '2', 'alice', 1n),
    end('6', '2', 'voided'),
    end('7', '2', 'expired'),
  )

  expect([first, again]).toMatchObject([{ status: 'created' }, { status: 'exists' }])
  expect(later).toEqual(
    Array(3).fill({ status: 'refused', refusal: { reason: 'hold_resolved', hold: '2', as } }),
  )
  expect(state(available('alice')).debitsPending).toBe(0n)
})

test('a hold whose time is over is not posted, and expires only then', () => {
  const { apply } = smallLedger()
  apply(credit('1', 'alice', 5n), hold('2', 'alice', 1n, PAST), hold('3', 'alice', 1n, FUTURE))

  expect(
    apply(
      post('4', '2', 'alice', 1n),
      end('5', '2', 'expired'),
      end('6', '3', 'expired'),
      post('7', '3', 'alice', 1n),
    ),
  ).toMatchObject([
    { refusal: { reason: 'hold_resolved', hold: '2', as: 'expired' } },
    { status: 'created' },
    { refusal: { reason: 'hold_not_expired', hold: '3' } },
    { status: 'created' },
  ])
})

test('no more is posted than was held, nor on the other side, nor of what is no hold', () => {
  const { apply } = smallLedger()
  apply(credit('1', 'alice', 9n), hold('2', 'alice', 4n), hold('3', 'alice', 100n))

  const exceeds = { reason: 'exceeds_hold', hold: '2', account: available('alice') }
  expect(
    apply(
      post('4', '2', 'alice', 5n),
      post('5', '2', 'alice', -1n),
      post('6', '1', 'alice', 1n),
      post('7', '3', 'alice', 1n),
      post('8', 'unheard of', 'alice', 1n),
      // Once refused it stays refused, though it would be right by now.
      post('4', '2', 'alice', 4n),
    ),
  ).toMatchObject([
    { refusal: exceeds },
    { refusal: exceeds },
    { refusal: { reason: 'no_such_hold', hold: '1' } },
    { refusal: { reason: 'no_such_hold', hold: '3' } },
    { refusal: { reason: 'no_such_hold', hold: 'unheard of' } },
    { refusal: exceeds },
  ])
})

test('sets free what was held in another shard than is posted in now', () => {
  const inShard = { ...NEW_ACCOUNT, creditsPending: 4n }
  const accounts = new Map([
    [accountKey(available('alice')), { ...NEW_ACCOUNT, creditsPosted: 5n, debitsPending: 4n }],
    [accountKey(custody), NEW_ACCOUNT],
    [`${accountKey(custody)}#7`, inShard],
  ])
  const entries = [
    { account: available('alice'), shard: 0, amount: 4n },
    { account: custody, shard: 7, amount: -4n },
  ]
  const recorded = new Map([['2', { code: 'test', eventAt: new Date(0), entries, hold: {} }]])
  const drafts = [post('3', '2', 'alice', 4n)]

  const { changed } = applyPostings({ accounts, recorded, drafts, shard: 1, now: NOW })

  expect(changed.get(`${accountKey(custody)}#7`)).toMatchObject({ creditsPending: 0n, version: 0 })
  expect(changed.get(accountKey(custody))).toMatchObject({ creditsPosted: 4n, version: 1 })
})

test.each<[string, Change, Change]>([
  ['hold', { hold: { expiresAt: FUTURE } }, { hold: {} }],
  ['hold', { hold: {} }, {}],
])('the same reference with another %s is another transaction', (field, first, second) => {
  const { apply } = smallLedger()
  const entries = move(available('alice'), custody, 1n)
  apply(credit('1', 'alice', 5n))

  expect(
    apply(draft('2', { entries, ...first }), draft('2', { entries, ...second })),
  ).toMatchObject([{ status: 'created' }, { status: `exists_with_different_${field}` }])
})

test('a transaction is taken back once', () => {
  const { apply } = smallLedger()
  const entries = move(available('alice'), custody, 5n)
  apply(credit('1', 'alice', 5n), credit('more', 'alice', 9n))

  expect(
    apply(
      draft('2', { entries, reverses: '1' }),
      draft('3', { entries, reverses: '1' }),
      draft('2', { entries }),
    ),
  ).toMatchObject([
    { status: 'created' },
    { refusal: { reason: 'already_reversed', reverses: '1' } },
    { status: 'exists_with_different_reverses' },
  ])
})

test('an account is closed when it is empty, and takes nothing after that', () => {
  const { apply, state } = smallLedger()
  const closes = [available('alice')]
  const takeAll = move(available('alice'), custody, 5n)
  apply(credit('1', 'alice', 5n), hold('2', 'alice', 1n))

  const applied = apply(
    draft('3', { closes }),
    end('4', '2', 'voided'),
    draft('5', { closes, entries: takeAll }),
    draft('5', { closes, entries: takeAll }),
    draft('6', { closes }),
    credit('7', 'alice', 1n),
    hold('8', 'alice', 1n),
    credit('9', 'bob', 1n),
  )

  const closed = { refusal: { reason: 'account_closed', account: available('alice') } }
  expect(applied).toMatchObject([
    { refusal: { reason: 'account_not_empty', account: available('alice') } },
    { status: 'created' },
    { status: 'created' },
    { status: 'exists' },
    closed,
    closed,
    closed,
    { status: 'created' },
  ])
  expect(state(available('alice'))).toMatchObject({ isClosed: true, version: 2 })
})

test('an account is not closed while something is on its way to it', () => {
  const { apply } = smallLedger()
  const entries = move(custody, available('alice'), 5n)

  expect(
    apply(draft('1', { entries, hold: {} }), draft('2', { closes: [available('alice')] })),
  ).toMatchObject([
    { status: 'created' },
    { refusal: { reason: 'account_not_empty', account: available('alice') } },
  ])
})
