import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import { type AccountName, checkDraft, type TransactionDraft } from './transaction.ts'

const asset = nativeAssetId(chainIdOf(1))
const other = nativeAssetId(chainIdOf(2))
const custody: AccountName = { owner: 'system', code: 'custody', asset }
const available: AccountName = { owner: 'alice', code: 'owner.available', asset }

const receivable: AccountName = { owner: 'alice', code: 'owner.receivable', asset }

const draft = (changes: Partial<TransactionDraft>): TransactionDraft => ({
  reference: 'r',
  code: 'test',
  owner: 'alice',
  eventAt: new Date(0),
  entries: [
    { account: custody, amount: 5n },
    { account: available, amount: -5n },
  ],
  ...changes,
})

test('accepts entries that sum to zero for each asset', () => {
  expect(checkDraft(draft({}))).toBeUndefined()
})

test.each<[string, Partial<TransactionDraft>]>([
  ['its reference is empty', { reference: '' }],
  ['its code is empty', { code: '' }],
  ['its owner is empty', { owner: '' }],
  ['its eventAt is not a date', { eventAt: new Date('soon') }],
  ['it has 0 entries, and needs two or more', { entries: [] }],
  [
    'the amount of an entry is 0',
    {
      entries: [
        { account: custody, amount: 0n },
        { account: available, amount: 0n },
      ],
    },
  ],
  [
    'its entries do not sum to zero for each asset',
    {
      entries: [
        { account: custody, amount: 5n },
        { account: { ...available, asset: other }, amount: -5n },
      ],
    },
  ],
  [
    'a credit has a shortfall',
    {
      entries: [
        { account: custody, amount: 5n },
        { account: available, amount: -5n, shortfall: receivable },
      ],
    },
  ],
  [
    'a debit offsets a debt',
    {
      entries: [
        { account: available, amount: 5n, offsets: receivable },
        { account: custody, amount: -5n },
      ],
    },
  ],
  [
    'an offset debt is in another asset',
    {
      entries: [
        { account: custody, amount: 5n },
        { account: available, amount: -5n, offsets: { ...receivable, asset: other } },
      ],
    },
  ],
  [
    'an account owner.available is held by an owner, not by "system"',
    {
      entries: [
        { account: custody, amount: 5n },
        { account: { ...available, owner: 'system' }, amount: -5n },
      ],
    },
  ],
  [
    'an account custody is held by system, not by "alice"',
    {
      entries: [
        { account: { ...custody, owner: 'alice' }, amount: 5n },
        { account: available, amount: -5n },
      ],
    },
  ],
  [
    'the chart of accounts has no "gold"',
    {
      entries: [
        { account: { ...custody, code: 'gold' as 'custody' }, amount: 5n },
        { account: available, amount: -5n },
      ],
    },
  ],
  [
    'a shortfall is in another asset',
    {
      entries: [
        { account: available, amount: 5n, shortfall: { ...available, asset: other } },
        { account: custody, amount: -5n },
      ],
    },
  ],
])('refuses a draft when %s', (problem, changes) => {
  expect(() => checkDraft(draft(changes))).toThrow(problem)
})
