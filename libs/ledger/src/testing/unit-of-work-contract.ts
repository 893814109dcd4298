import type { Message } from '@coffer/events/event'
import { expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import type { UnitOfWork } from '../ports.ts'
import { confirmed } from './sample-events.ts'

export type UnitOfWorkUnderTest = {
  unitOfWork: UnitOfWork
  /** What was announced under `key` and kept, in order. */
  announced: (key: string) => Promise<Message[]>
}

const draft = (number: number, owner: string) =>
  depositCredit(confirmed({ number, owner, amount: 5n }).data)

const message = (key: string, value: string): Message => ({
  topic: 'accounting.events',
  key,
  headers: { ce_id: value },
  value,
})

/** What every unit of work promises. Numbers and owners are taken by one test each. */
export function unitOfWorkContract(open: () => UnitOfWorkUnderTest): void {
  test('claims an event once, however often it is asked', async () => {
    const { unitOfWork } = open()

    const first = await unitOfWork((books) => books.claimNew(['c1', 'c2', 'c1']))
    const second = await unitOfWork((books) => books.claimNew(['c2', 'c3']))

    expect([first, second]).toEqual([new Set(['c1', 'c2']), new Set(['c3'])])
  })

  test('answers each draft in its place', async () => {
    const { unitOfWork } = open()
    const first = draft(1, 'contract-a')
    const other = { ...first, code: 'something.else' }

    const outcomes = await unitOfWork((books) =>
      books.post([first, first, other, draft(2, 'contract-a')]),
    )

    expect(outcomes.map(({ status }) => status)).toEqual([
      'created',
      'exists',
      'exists_with_different_code',
      'created',
    ])
    expect(outcomes[3]).toMatchObject({
      transaction: { entries: [{ amount: 5n }, { accountVersion: 2, balanceAfter: -10n }] },
    })
  })

  test('knows what an earlier unit of work booked', async () => {
    const { unitOfWork } = open()
    const credit = draft(3, 'contract-b')
    await unitOfWork((books) => books.post([credit]))

    const outcomes = await unitOfWork((books) =>
      books.post([credit, { ...credit, eventAt: new Date(0) }, draft(4, 'contract-b')]),
    )

    expect(outcomes).toMatchObject([
      { status: 'exists' },
      { status: 'exists_with_different_event_at' },
      { transaction: { entries: [{}, { accountVersion: 2, balanceAfter: -10n }] } },
    ])
  })

  test('keeps announcements in order', async () => {
    const { unitOfWork, announced } = open()
    const messages = ['1', '2', '3'].map((value) => message('contract-c', value))

    await unitOfWork((books) => books.announce(messages))

    expect(await announced('contract-c')).toEqual(messages)
  })

  test('keeps nothing of work that throws', async () => {
    const { unitOfWork, announced } = open()
    const work = unitOfWork(async (books) => {
      await books.claimNew(['d1'])
      await books.post([draft(5, 'contract-d')])
      await books.announce([message('contract-d', '1')])
      throw new Error('changed its mind')
    })
    await expect(work).rejects.toThrow('changed its mind')

    const [claimed, outcomes] = await unitOfWork(
      async (books) =>
        [await books.claimNew(['d1']), await books.post([draft(5, 'contract-d')])] as const,
    )

    expect(claimed).toEqual(new Set(['d1']))
    expect(outcomes).toMatchObject([
      { transaction: { entries: [{}, { accountVersion: 1, balanceAfter: -5n }] } },
    ])
    expect(await announced('contract-d')).toEqual([])
  })
}
