import type { Deposit } from '@coffer/client/deposit-stream'
import { expect, test } from 'vitest'
import { mergedDeposits } from './merged-deposits.ts'

const deposit = (id: string, status: Deposit['status'], owner = 'ann-id') =>
  ({ id, status, owner }) as Deposit

const pages = (...ids: string[][]) => ({
  pageParams: ids.map(() => null),
  pages: ids.map((each) => ({ items: each.map((id) => deposit(id, 'seen')), nextCursor: null })),
})

const shown = ({ pages }: { pages: { items: readonly Deposit[] }[] }) =>
  pages.map(({ items }) => items.map(({ id, status }) => `${id} ${status}`))

test('what is told is changed in its place, and new ones stand above, the newest first', () => {
  const told = [deposit('a', 'credited'), deposit('x', 'seen'), deposit('y', 'seen')]

  const merged = mergedDeposits(pages(['b', 'a'], ['c']), told, {})

  expect(shown(merged)).toEqual([['y seen', 'x seen', 'b seen', 'a credited'], ['c seen']])
})

test('what a list does not show by its filter leaves it, and does not come in', () => {
  const told = [deposit('a', 'final'), deposit('x', 'final')]

  const merged = mergedDeposits(pages(['b', 'a']), told, { status: 'seen' })

  expect(shown(merged)).toEqual([['b seen']])
})

test('a list of one owner by another name keeps to that owner', () => {
  const told = [deposit('x', 'seen'), deposit('y', 'seen', 'bob-id')]

  const merged = mergedDeposits(pages(['a']), told, { owner: 'ann' })

  expect(shown(merged)).toEqual([['x seen', 'a seen']])
})
