import type { EventType, EventWire } from '@coffer/events/catalogue'
import { eventMessage, type Message } from '@coffer/events/event'

const ETH = 'eip155:31337/slip44:60'
const USD = 'sandbox:1/iso4217:USD'

export const MERCHANT = 'dddddddd-0000-4000-8000-000000000001'

const id = (kind: string, number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`

/** So many minutes after the beginning. */
const at = (minutes: number): string =>
  new Date(Date.UTC(2026, 10, 21, 22) + minutes * 60_000).toISOString()

const message = <T extends EventType>(
  type: T,
  eventId: string,
  minutes: number,
  data: object,
): Message =>
  eventMessage({
    ...{ id: eventId, type, source: 'test', time: at(minutes), key: MERCHANT },
    data: data as EventWire<T>,
  })

/** What is told of a payment, its order and its refund: the number says how it went. */
function ofPayment(number: number): Message[] {
  const isSandbox = number % 3 === 0
  const asset = isSandbox ? USD : ETH
  const order = { orderId: id('c', number), merchantId: MERCHANT }
  const terms = { asset, amount: `${100 + number}`, createdAt: at(number) }
  const ordered = (version: number) => ({ ...order, ...terms, version, reference: `${number}` })
  const channel = isSandbox ? 'sandbox' : 'onchain'
  const payment = { ...order, ...terms, paymentId: id('a', number), channel }
  const told = (
    version: number,
    what: 'created' | 'succeeded' | 'failed' | 'expired',
    facts: object,
  ) =>
    message(`payment.${what}`, `payment:${number}:${version}`, number + version, {
      ...{ ...payment, version, ...facts },
    })
  const paid = (success: number) => ({
    ...{ success, outcome: 'paid', received: terms.amount, fee: '3' },
    paidAt: at(number + 40 * success),
  })
  const failed = { reason: 'reorg', success: 1, fee: '3', failedAt: at(number + 60) }
  const refund = { ...order, refundId: id('b', number), paymentId: payment.paymentId }
  const refunded = { ...refund, asset, channel, amount: '10', excess: '0' }
  const begun = [
    message('order.created', `order:${number}:1`, number, ordered(1)),
    told(1, 'created', { expiresAt: at(number + 60) }),
  ]
  if (number % 5 === 4) {
    return [...begun, told(2, 'expired', { received: '0', expiredAt: at(number + 60) })]
  }
  return [
    ...begun,
    told(2, 'succeeded', paid(1)),
    message('order.paid', `order:${number}:2`, number + 40, {
      ...{ ...ordered(2), paymentId: payment.paymentId, paidAt: at(number + 40) },
    }),
    ...(number % 5 === 3 ? [told(3, 'failed', failed)] : []),
    ...(number % 10 === 3 ? [told(4, 'succeeded', paid(2))] : []),
    ...(number % 4 === 0
      ? [
          message(`refund.succeeded`, `refund:${number}`, number + 90, {
            ...{ ...refunded, succeededAt: at(number + 90) },
          }),
        ]
      : []),
  ]
}

/** What is told of a deposit: some are taken back, and confirmed once more. */
function ofDeposit(number: number): Message[] {
  const txHash = `0x${number.toString(16).padStart(64, '0')}`
  const depositId = `eip155:31337:${txHash}:value`
  const said = (revision: number) => ({
    ...{ depositId, revision, owner: id('a', number), chain: 'eip155:31337', asset: ETH },
    ...{ amount: `${1_000 + number}`, txHash, position: 'value', blockNumber: number },
    ...{ from: `0x${'a'.repeat(40)}`, to: `0x${'b'.repeat(40)}` },
    ...{ blockHash: `0x${'c'.repeat(64)}`, blockTime: at(number + 50 * revision) },
  })
  const entry = (amount: string) => ({
    ...{ owner: 'system', account: 'custody', asset: ETH, amount },
    ...{ accountVersion: 1, balanceAfter: amount },
  })
  const credit = message('transaction.created', `transaction:${depositId}`, number + 2, {
    ...{ transactionId: `${number + 1}`, reference: depositId, code: 'deposit.credit' },
    ...{ eventAt: at(number), recordedAt: at(number + 1), entries: [entry('5'), entry('-5')] },
  })
  const reversal = { ...said(1), reason: 'reorg' }
  return [
    message('deposit.confirmed', depositId, number, said(1)),
    credit,
    ...(number % 4 === 1
      ? [
          message('deposit.reversed', `${depositId}/reversal`, number + 30, reversal),
          message('deposit.confirmed', `${depositId}#2`, number + 50, said(2)),
        ]
      : []),
  ]
}

function ofWithdrawal(number: number): Message[] {
  const said = (version: number) => ({
    ...{ withdrawalId: id('e', number), owner: MERCHANT, version, chain: 'eip155:31337' },
    ...{ asset: ETH, amount: `${50 + number}`, fee: '2', to: `0x${'b'.repeat(40)}` },
    requestedAt: at(number),
  })
  const txHash = `0x${'d'.repeat(64)}`
  const name = `withdrawal:${number}`
  const asked = { ...said(1), needsApproval: false }
  const done = { ...said(3), txHash, blockNumber: 9, completedAt: at(number + 70) }
  const failed = { ...said(3), reason: 'reverted', failedAt: at(number + 70) }
  return [
    message('withdrawal.requested', `${name}:1`, number, asked),
    message('withdrawal.broadcast', `${name}:2`, number, { ...said(2), txHash }),
    number % 3 === 2
      ? message('withdrawal.failed', `${name}:3`, number, failed)
      : message('withdrawal.completed', `${name}:3`, number, done),
  ]
}

function ofOthers(number: number): Message[] {
  const notice = {
    ...{ notificationId: id('f', number), eventId: `${number}`, eventType: 'order.paid' },
    ...{ owner: MERCHANT, by: 'email' },
  }
  const settlement = {
    ...{ settlementId: id('9', number), merchantId: MERCHANT, asset: ETH, amount: '80' },
    ...{ reserve: '0', transactions: 1, cause: 'threshold', createdAt: at(number) },
  }
  const merchant = { merchantId: MERCHANT, email: 'shop@example.org', locale: 'en' }
  const told = { ...merchant, version: number + 1, name: `Shop ${number}` }
  const completed = { ...settlement, completedAt: at(number) }
  return [
    message(number === 0 ? 'merchant.created' : 'merchant.updated', `m:${number}`, number, told),
    message('settlement.created', `settlement:${number}:1`, number, settlement),
    message('settlement.completed', `settlement:${number}:2`, number, completed),
    message('notification.failed', `notification:${number}:1`, number, {
      ...{ ...notice, attempts: 1, reason: 'refused', failedAt: at(number) },
    }),
    message('notification.sent', `notification:${number}:2`, number + 61, {
      ...{ ...notice, attempts: 2, sentAt: at(number + 61) },
    }),
  ]
}

/** What is told of `size` of everything, in the order in which it happened to each. */
export const sampleHistory = (size: number): Message[] =>
  Array.from({ length: size }, (_, number) => [
    ...ofPayment(number),
    ...ofDeposit(number),
    ...ofWithdrawal(number),
    ...ofOthers(number),
  ]).flat()
