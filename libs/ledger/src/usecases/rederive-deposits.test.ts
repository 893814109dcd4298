import { eventMessage } from '@coffer/events/event'
import { WALLET_EVENTS } from '@coffer/events/topics'
import type { Delivery } from '@coffer/messaging/ports'
import { memoryLog } from '@coffer/messaging/testing/memory-log'
import { expect, test } from 'vitest'
import type { DerivedReferences, LedgerDifference } from '../ports.ts'
import { memoryUnitOfWork } from '../testing/memory-unit-of-work.ts'
import { confirmed, reversed, sampleBatch, suspended } from '../testing/sample-events.ts'
import { bookDeposits, type DepositEvent } from './book-deposits.ts'
import { rederiveDeposits } from './rederive-deposits.ts'

const delivery = (event: DepositEvent, offset: number): Delivery => {
  const { data } = event
  const wire = { ...data, amount: `${data.amount}` }
  const message = eventMessage({ ...event, key: data.owner, data: wire } as never)
  return { ...message, topic: WALLET_EVENTS, partition: 0, offset: `${offset}` }
}

/** A ledger that books `booked`, held against a log of `events`. */
async function rederive(
  events: readonly DepositEvent[],
  { booked = events, keep = false }: { booked?: readonly DepositEvent[]; keep?: boolean } = {},
) {
  const { unitOfWork, contents } = memoryUnitOfWork()
  await bookDeposits({ unitOfWork })(booked)
  const told: string[] = []
  const references: DerivedReferences = (work) =>
    work({
      add: async (added) => void told.push(...added),
      beside: async (): Promise<LedgerDifference[]> =>
        [...contents().transactions.keys()]
          .filter((reference) => !told.includes(reference))
          .map((subject) => ({ subject, problem: 'not in wallet.events' })),
    })
  const log = memoryLog({ deliveries: events.map(delivery), atOnce: 6 })
  const report = await rederiveDeposits({ log, unitOfWork, references })({ keep })
  return { report, contents }
}

const references = (report: { differences: readonly LedgerDifference[] }) =>
  report.differences.map(({ subject }) => subject)

test('a ledger that booked all events, once each, is what they say', async () => {
  const { report } = await rederive(sampleBatch)

  expect(report).toEqual({ events: 31, booked: 0, differences: [], differencesCount: 0 })
})

test('names what the ledger does not have, and books nothing', async () => {
  const booked = sampleBatch.toSpliced(3, 2)

  const { report, contents } = await rederive(sampleBatch, { booked })

  expect(references(report)).toEqual([sampleBatch[3]?.id, sampleBatch[4]?.id])
  expect(contents().transactions.size).toBe(29)
})

test('books what the ledger does not have when it is to keep it, and nothing twice', async () => {
  const booked = sampleBatch.toSpliced(3, 2)

  const { report, contents } = await rederive(sampleBatch, { booked, keep: true })

  expect(report).toMatchObject({ booked: 2, differencesCount: 0 })
  expect(contents().transactions.size).toBe(31)
})

test('names what the ledger has otherwise, and books what comes with it', async () => {
  const [first, ...rest] = sampleBatch
  const otherwise = confirmed({ number: 0, owner: 'owner-0', amount: 11n })

  const { report, contents } = await rederive(sampleBatch, {
    booked: [otherwise, ...rest.slice(0, 9)],
    keep: true,
  })

  expect(report.differences).toEqual([
    { subject: first?.id, problem: expect.stringContaining('exists_with_different_entries') },
  ])
  expect(contents().transactions.size).toBe(31)
})

test('names what the ledger has of deposits and no event tells of', async () => {
  const forged = suspended({ number: 77, owner: 'owner-1', amount: 1n })

  const { report } = await rederive(sampleBatch, { booked: [...sampleBatch, forged] })

  expect(references(report)).toEqual([forged.id])
})

test('names a message that is no event, and what the log lost at its beginning', async () => {
  const { unitOfWork } = memoryUnitOfWork()
  const poison = { ...delivery(reversed({ number: 1, owner: 'o', amount: 1n }), 5), value: '{' }
  const log = memoryLog({ deliveries: [poison] })
  const references: DerivedReferences = (work) =>
    work({ add: async () => undefined, beside: async () => [] })

  const report = await rederiveDeposits({ log, unitOfWork, references })({ keep: false })

  expect(report.differences).toEqual([
    { subject: 'wallet.events, partition 0', problem: 'the log has nothing before offset 5' },
    {
      subject: 'wallet.events, partition 0, offset 5',
      problem: expect.stringContaining('not JSON'),
    },
  ])
})
