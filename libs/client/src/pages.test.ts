import { expect, test } from 'vitest'
import { itemsOf } from './pages.ts'

const PAGES = {
  first: { items: [1, 2], nextCursor: 'second' },
  second: { items: [], nextCursor: 'third' },
  third: { items: [3], nextCursor: null },
}

test('goes through every page, also past an empty one, and asks for each once', async () => {
  const asked: string[] = []

  const items = await Array.fromAsync(
    itemsOf<number>(async ({ cursor = 'first' }) => {
      asked.push(cursor)
      return PAGES[cursor as keyof typeof PAGES]
    }),
  )

  expect(items).toEqual([1, 2, 3])
  expect(asked).toEqual(['first', 'second', 'third'])
})
