import { expect, test } from 'vitest'
import type { OverdueHold } from '../ports.ts'
import { memoryUnitOfWork } from '../testing/memory-unit-of-work.ts'
import { credit, draft, end, hold } from '../testing/small-ledger.ts'
import { expireHolds } from './expire-holds.ts'

const LONG_AGO = new Date(-1)

const overdue = (...references: string[]): OverdueHold[] =>
  references.map((reference) => ({ reference, owner: 'alice', expiresAt: LONG_AGO }))

async function ledgerWithHolds() {
  const { unitOfWork, contents } = memoryUnitOfWork()
  const drafts = [
    credit('1', 'alice', 9n),
    hold('a', 'alice', 2n, LONG_AGO),
    hold('b', 'alice', 3n, LONG_AGO),
    hold('later', 'alice', 4n, new Date(1)),
  ]
  await unitOfWork((books) => books.post(drafts))
  const expire = (holds: OverdueHold[], batchSize = 10) =>
    expireHolds({ unitOfWork, overdue: { find: async () => holds }, batchSize })()
  const held = () =>
    [...contents().accounts].find(([key]) => key.startsWith('owner.available'))?.[1].debitsPending
  return { unitOfWork, expire, held, contents }
}

test('sets free what is held by holds that are over', async () => {
  const { expire, held } = await ledgerWithHolds()

  expect(await expire(overdue('a', 'b'))).toBe('idle')
  expect(held()).toBe(4n)
})

test('says that there may be more when it found as many as it takes', async () => {
  const { expire } = await ledgerWithHolds()

  expect(await expire(overdue('a'), 1)).toBe('busy')
})

test('does nothing to a hold that somebody else has just ended', async () => {
  const { unitOfWork, expire, held } = await ledgerWithHolds()
  await unitOfWork((books) => books.post([end('void', 'a', 'voided')]))

  expect(await expire(overdue('a'))).toBe('idle')
  expect(held()).toBe(7n)
})

test('keeps no refusal of a hold that is not over by the clock of the ledger', async () => {
  const { expire, contents } = await ledgerWithHolds()

  await expect(expire(overdue('later'))).rejects.toMatchObject({
    code: 'LEDGER_HOLD_NOT_EXPIRED',
    retry: 'retry',
  })
  expect(contents().known.has('expiry of later')).toBe(false)
})

test('refuses to take another transaction of the same reference for the expiry', async () => {
  const { unitOfWork, expire } = await ledgerWithHolds()
  await unitOfWork((books) =>
    books.post([{ ...credit('x', 'alice', 1n), ...draft('expiry of a', {}), ...rest() }]),
  )

  await expect(expire(overdue('a'))).rejects.toThrow('exists_with_different')
})

const rest = () => ({ entries: credit('x', 'alice', 1n).entries })
