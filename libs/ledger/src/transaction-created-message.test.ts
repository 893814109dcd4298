import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import type { AccountName } from './domain/transaction.ts'
import { transactionCreatedMessage } from './transaction-created-message.ts'

const account = (owner: string): AccountName => ({
  owner,
  code: 'owner.available',
  asset: nativeAssetId(chainIdOf(1)),
})

const entry = (owner: string, accountVersion: number, shard = 0) => ({
  account: account(owner),
  shard,
  amount: 1n,
  accountVersion,
  balanceAfter: 1n,
})

const entries = [entry('bob', 2), entry('alice', 7), entry('system', 1, 3), entry('bob', 1)]

const message = (shown: typeof entries) =>
  transactionCreatedMessage({
    id: '1',
    reference: 'r',
    code: 'test',
    owner: 'alice',
    eventAt: new Date(0),
    recordedAt: new Date(0),
    entries: shown,
    hold: { held: shown },
    closes: shown.map((each) => each.account),
  })

test('says the same, in whatever order the ledger has its accounts', () => {
  const { value } = message(entries)

  expect(message(entries.toReversed()).value).toBe(value)
  const owners = JSON.parse(value).entries.map(
    (each: { owner: string; accountVersion: number }) => `${each.owner} ${each.accountVersion}`,
  )
  expect(owners).toEqual(['system 1', 'alice 7', 'bob 1', 'bob 2'])
})
