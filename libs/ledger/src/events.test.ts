import { eventMessage, type Message } from '@coffer/events/event'
import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import { accountsHandler } from './events.ts'
import { memoryUnitOfWork } from './testing/memory-unit-of-work.ts'
import { confirmed } from './testing/sample-events.ts'
import { paymentSucceeded } from './testing/sample-payments.ts'
import { bookDeposits } from './usecases/book-deposits.ts'
import { bookPayments } from './usecases/book-payments.ts'

const deposit = confirmed({ number: 1, owner: 'alice', amount: 5n })

const depositMessage = eventMessage({
  ...deposit,
  type: 'deposit.confirmed',
  key: 'alice',
  data: { ...deposit.data, amount: '5' },
  traceparent: '00-trace',
})

const otherMessage = eventMessage({
  id: 'transaction:1',
  type: 'transaction.created',
  source: 'coffer/accounts',
  time: deposit.time,
  key: 'alice',
  data: {
    transactionId: '1',
    reference: '1',
    code: 'deposit.credit',
    eventAt: deposit.time,
    recordedAt: deposit.time,
    entries: ['1', '-1'].map((amount) => ({
      owner: 'alice',
      account: 'owner.available',
      asset: deposit.data.asset,
      amount,
      accountVersion: 1,
      balanceAfter: amount,
    })),
  },
})

const delivered = (messages: readonly Message[]) =>
  messages.map((message, offset) => ({ ...message, partition: 0, offset: String(offset) }))

function handlerInMemory() {
  const { unitOfWork, contents } = memoryUnitOfWork()
  const batches: object[] = []
  const metrics = { batch: (handled: object) => batches.push(handled) }
  const book = bookDeposits({ unitOfWork })
  const handle = accountsHandler({ bookDeposits: book, logger: silentLogger, metrics })
  return { handle: (messages: Message[]) => handle(delivered(messages)), contents, batches }
}

test('books deposits, hands on their trace and counts them', async () => {
  const { handle, contents, batches } = handlerInMemory()

  await handle([depositMessage, depositMessage])

  expect(contents().announced).toMatchObject([{ headers: { traceparent: '00-trace' } }])
  expect(batches).toEqual([{ booked: 1, duplicates: 1, seconds: expect.any(Number), credited: [] }])
})

test('books payments beside deposits, whichever comes first, and counts both', async () => {
  const { unitOfWork, contents } = memoryUnitOfWork()
  const batches: object[] = []
  const metrics = { batch: (handled: object) => batches.push(handled) }
  const books = {
    bookDeposits: bookDeposits({ unitOfWork }),
    bookPayments: bookPayments({ unitOfWork }),
  }
  const handle = accountsHandler({ ...books, logger: silentLogger, metrics })
  const { id, source, time, data } = paymentSucceeded({ number: 1, amount: 5n })
  const wire = JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  const envelope = { id, type: 'payment.succeeded', source, time, key: 'a merchant' } as const

  await handle(delivered([eventMessage({ ...envelope, data: JSON.parse(wire) }), depositMessage]))

  expect([...contents().transactions.values()].map(({ code }) => code)).toEqual([
    'deposit.credit',
    'payment.credit',
  ])
  const [seconds, credited] = [expect.any(Number), [expect.any(Number)]]
  expect(batches).toEqual([{ booked: 2, duplicates: 0, seconds, credited }])
})

test('passes over events that book nothing', async () => {
  const { handle, contents, batches } = handlerInMemory()

  await handle([otherMessage])

  expect([contents().announced, batches]).toEqual([[], []])
})

test('books nothing of deliveries among which one is no event', async () => {
  const { handle, contents } = handlerInMemory()

  const work = handle([depositMessage, { ...depositMessage, value: '{}' }])

  await expect(work).rejects.toMatchObject({ code: 'EVENT_FORMAT', retry: 'never' })
  expect(contents().announced).toEqual([])
})

test('books what is suspended, and its reversal, as what is confirmed', async () => {
  const { handle, contents } = handlerInMemory()
  const data = { ...deposit.data, amount: '5', reason: 'below_minimum' }
  const envelope = { id: deposit.id, source: deposit.source, time: deposit.time, key: 'alice' }
  const reversal = { ...envelope, id: `${deposit.id}/reversal` }

  await handle([
    eventMessage({ ...envelope, type: 'deposit.suspended', data }),
    eventMessage({
      ...reversal,
      type: 'deposit.reversed',
      data: { ...data, reason: 'reorg', suspended: true },
    }),
  ])

  expect([...contents().transactions.values()].map(({ code }) => code)).toEqual([
    'deposit.suspense',
    'deposit.reversal',
  ])
})
