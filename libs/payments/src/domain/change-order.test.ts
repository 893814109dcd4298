import { currencyAssetId } from '@coffer/money/asset'
import { expect, test } from 'vitest'
import { changeOrder, type PaymentFile } from './change-order.ts'

const id = (digit: number) => `00000000-0000-7000-8000-00000000000${digit}`
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes))
const told = { at: at(9), reason: 'reorg' }

/** A payment of 100, created; `paidAt` is when all of it came in. */
const file = (digit: number, paidAt?: number, status: 'created' | 'paid' = 'created') =>
  ({
    payment: {
      id: id(digit),
      orderId: id(9),
      merchantId: id(8),
      channel: 'sandbox',
      asset: currencyAssetId('USD'),
      ...{ amount: 100n, fee: 3n, expiresAt: at(30), createdAt: at(0), version: 1 },
      ...{ status, received: status === 'paid' ? 100n : 0n, successes: status === 'paid' ? 1 : 0 },
      paidAt: status === 'paid' ? at(paidAt ?? 0) : undefined,
      order: { reference: 'A-1', version: 1, createdAt: at(0) },
    },
    receipts: paidAt === undefined ? [] : [{ id: 'r', amount: 100n, paidAt: at(paidAt) }],
    returned: [],
    refusal: undefined,
    isOver: false,
  }) satisfies PaymentFile

const statuses = (files: readonly PaymentFile[]) =>
  changeOrder(files, told).map(({ payment }) => `${payment.id.at(-1)} ${payment.status}`)

test('of payments that become known at once the one that was paid first pays the order', () => {
  expect(statuses([file(1, 5), file(2, 4), file(3)])).toEqual(['2 paid', '1 duplicate'])
})

test('who pays an order goes on to, though another was paid before', () => {
  expect(statuses([file(1, 5, 'paid'), file(2, 4)])).toEqual(['2 duplicate'])
})

test('who takes the place of one that is taken back is told after it, under later versions', () => {
  const [back, next] = changeOrder([file(2, 5), { ...file(1, 4, 'paid'), receipts: [] }], told)

  expect([back?.payment.id, next?.payment.id]).toEqual([id(1), id(2)])
  expect([back?.payment.order.version, next?.payment.order.version]).toEqual([2, 3])
})
