import type { Message } from '@coffer/events/event'
import { expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { UnitOfWork } from '../ports.ts'
import { confirmed } from './sample-events.ts'

export type UnitOfWorkUnderTest = {
  unitOfWork: UnitOfWork
  /** What was announced under `key` and kept, in order. */
  announced: (key: string) => Promise<Message[]>
}

const draft = (number: number, owner: string) =>
  depositCredit(confirmed({ number, owner, amount: 5n }).data)

/** What every unit of work promises. Numbers and owners are taken by one test each. */
export function unitOfWorkContract(open: () => UnitOfWorkUnderTest): void {
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

  test('announces what it booked, in order', async () => {
    const { unitOfWork, announced } = open()
    const [first, second] = [draft(6, 'contract-c'), draft(7, 'contract-c')]

    await unitOfWork((books) => books.post([first, second, first]))

    expect(await announced('contract-c')).toMatchObject([
      { topic: 'accounting.events', headers: { ce_id: `transaction:${first.reference}` } },
      { topic: 'accounting.events', headers: { ce_id: `transaction:${second.reference}` } },
    ])
  })

  test('refuses for ever what it refused once, and announces nothing of it', async () => {
    const { unitOfWork, announced } = open()
    const credit = draft(8, 'contract-e')
    const reversal = { ...negated(credit), reference: 'early reversal' }
    const post = (drafts: TransactionDraft[]) => unitOfWork((books) => books.post(drafts))

    const [first] = await post([reversal])
    const later = await post([credit, reversal, { ...reversal, code: 'other' }])

    expect(first).toEqual({
      status: 'refused',
      refusal: { reason: 'nothing_to_reverse', reverses: credit.reference },
    })
    expect(later).toEqual([expect.objectContaining({ status: 'created' }), first, first])
    expect(await announced('contract-e')).toHaveLength(1)
  })

  test('keeps nothing of work that throws', async () => {
    const { unitOfWork, announced } = open()
    const credit = draft(5, 'contract-d')
    const work = unitOfWork(async (books) => {
      await books.post([credit, { ...negated(credit), reverses: 'nothing' }])
      throw new Error('changed its mind')
    })
    await expect(work).rejects.toThrow('changed its mind')

    const outcomes = await unitOfWork((books) => books.post([credit, negated(credit)]))

    expect(outcomes).toMatchObject([
      { transaction: { entries: [{}, { accountVersion: 1, balanceAfter: -5n }] } },
      { transaction: { entries: [{}, { accountVersion: 2, balanceAfter: 0n }] } },
    ])
    expect(await announced('contract-d')).toHaveLength(2)
  })
}

const negated = (draft: TransactionDraft): TransactionDraft => ({
  ...draft,
  reference: `${draft.reference}/reversal`,
  reverses: draft.reference,
  entries: draft.entries.map(({ account, amount }) => ({ account, amount: -amount })),
})
