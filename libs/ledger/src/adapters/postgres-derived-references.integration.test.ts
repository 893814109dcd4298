import type { TestDatabase } from '@coffer/testkit/test-database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, sampleBatch } from '../testing/sample-events.ts'
import { bookDeposits } from '../usecases/book-deposits.ts'
import { postgresDerivedReferences } from './postgres-derived-references.ts'
import { postgresUnitOfWork } from './postgres-unit-of-work.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await ledgerDatabase()
})
afterEach(() => database[Symbol.asyncDispose]())

test('names what the ledger has beside what was added, but for what came later', async () => {
  const { postgres } = database
  const book = bookDeposits({ unitOfWork: postgresUnitOfWork({ postgres }) })
  await book(sampleBatch)
  const ids = sampleBatch.map(({ id }) => id)

  const beside = await postgresDerivedReferences(postgres)(async (references) => {
    await references.add(ids.slice(0, 20))
    await references.add(ids.slice(21))
    await book([confirmed({ number: 99, owner: 'owner-1', amount: 1n })])
    return await references.beside()
  })

  expect(beside).toEqual([
    {
      subject: ids[20],
      problem: expect.stringMatching(
        /^it is in the ledger \(deposit\.credit, transaction [0-9]+\) and not in wallet\.events$/,
      ),
    },
  ])
})
