import type { TextLine } from '@coffer/http/text-lines'
import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import { memoryAddressBook } from '../testing/memory-address-book.ts'
import { importAddresses, REJECTED_MAX } from './import-addresses.ts'

const CHAIN = chainIdOf(31337)

async function* lines(count: number, text: (number: number) => string): AsyncGenerator<TextLine> {
  for (let number = 1; number <= count; number += 1) yield { number, text: text(number) }
}

const line = (number: number, owner = 'a') =>
  JSON.stringify({ owner, address: `0x${number.toString(16).padStart(40, '0')}`, chain: CHAIN })

function importer(knownIds: readonly string[] = []) {
  const { book, batches } = memoryAddressBook(knownIds)
  const run = importAddresses({ book, scanPosition: async () => 7n, chains: [CHAIN] })
  return { run, batches }
}

test('stores in batches, whatever the number of lines', async () => {
  const { run, batches } = importer()

  const report = await run(lines(12_001, line), null)

  expect(report).toEqual({ imported: 12_001, existing: 0, rejected: [], rejectedCount: 0 })
  expect(batches).toEqual([5_000, 5_000, 2_001])
})

test('never reads on beyond one batch that is not stored yet', async () => {
  const { book } = memoryAddressBook()
  let read = 0
  let stored = 0
  const unstored: number[] = []
  const counting = {
    ...book,
    import: (imports: Parameters<typeof book.import>[0], tenant: string | null) => {
      unstored.push(read - stored)
      stored += imports.length
      return book.import(imports, tenant)
    },
  }
  const run = importAddresses({ book: counting, scanPosition: async () => 0n, chains: [CHAIN] })

  await run(
    lines(20_000, (number) => {
      read = number
      return line(number)
    }),
    null,
  )

  expect(unstored.slice(0, 4)).toEqual([5_000, 5_000, 5_000, 5_000])
})

test('tells the first rejections in the order of their lines, and counts all', async () => {
  const { run } = importer()
  const known = '00000000-0000-0000-0000-000000000000'

  const report = await run(
    lines(30_000, (number) => (number % 2 === 0 ? 'no JSON' : line(number, known))),
    null,
  )

  expect(report).toMatchObject({ imported: 0, rejectedCount: 30_000 })
  expect(report.rejected.map(({ line }) => line)).toEqual(
    Array.from({ length: REJECTED_MAX }, (_, index) => index + 1),
  )
})

test('a batch that cannot be stored ends the import, and nothing is called imported', async () => {
  const { book } = memoryAddressBook()
  const broken = { ...book, import: () => Promise.reject(new Error('database away')) }
  const run = importAddresses({ book: broken, scanPosition: async () => 0n, chains: [CHAIN] })

  await expect(run(lines(1, line), null)).rejects.toThrow('database away')
})
