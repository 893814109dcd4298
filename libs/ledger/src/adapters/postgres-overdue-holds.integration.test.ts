import type { TestDatabase } from '@coffer/testkit/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { expireHolds } from '../usecases/expire-holds.ts'
import { balancesOf } from './balances.ts'
import { checkLedger } from './check-ledger.ts'
import { postgresOverdueHolds } from './postgres-overdue-holds.ts'
import { postgresUnitOfWork } from './postgres-unit-of-work.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const hold = (reference: string, expiresAt?: Date): TransactionDraft => ({
  reference,
  code: 'test',
  owner: 'ann',
  eventAt: new Date(0),
  entries: [
    { account: { owner: 'ann', code: 'owner.available', asset: ETH }, amount: 1n },
    { account: { owner: 'system', code: 'custody', asset: ETH }, amount: -1n },
  ],
  hold: { expiresAt },
})

test('several that end what is over at the same time end each hold once', async () => {
  const { postgres } = database
  const unitOfWork = postgresUnitOfWork({ postgres, attempts: 10 })
  const over = Array.from({ length: 9 }, (_, place) => hold(`over-${place}`, new Date(place)))
  const farOff = new Date(Date.now() + 3_600_000)
  await unitOfWork((books) =>
    books.post([
      depositCredit(confirmed({ number: 1, owner: 'ann', amount: 100n }).data),
      ...over,
      hold('later', farOff),
      hold('never'),
    ]),
  )
  const overdue = postgresOverdueHolds(postgres)
  expect((await overdue.find(4)).map(({ reference }) => reference)).toEqual([
    'over-0',
    'over-1',
    'over-2',
    'over-3',
  ])

  const step = expireHolds({ unitOfWork, overdue, batchSize: 4 })
  await Promise.all([step(), step(), step()])
  while ((await step()) === 'busy') expect(await overdue.find(1)).toHaveLength(1)

  expect(await overdue.find(10)).toEqual([])
  expect(await balancesOf(postgres, 'ann')).toMatchObject([{ available: 98n, held: 2n }])
  expect(await checkLedger(postgres)).toEqual([])
})
