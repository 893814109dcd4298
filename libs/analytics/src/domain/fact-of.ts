import type { ReadEvent } from '@coffer/events/event'
import { type AssetId, isCurrency } from '@coffer/money/asset'
import type { Fact, Line, Measure } from './fact.ts'

/**
 * What `event` says of its noun: the newest event of a noun says all that is counted of it, so that
 * no earlier one is needed. `undefined` of an event that counts for nothing.
 */
export function factOf(event: ReadEvent): Fact | undefined {
  const said = saidBy(event)
  return said && { ...said, eventId: event.id }
}

type Said = Omit<Fact, 'eventId'>

function saidBy(event: ReadEvent): Said | undefined {
  switch (event.type) {
    case 'deposit.confirmed':
    case 'deposit.suspended':
    case 'deposit.reversed':
      return ofDeposit(event)
    case 'transaction.created':
      return ofCredit(event)
    case 'payment.created':
    case 'payment.succeeded':
    case 'payment.failed':
    case 'payment.expired':
      return ofPayment(event)
    case 'refund.succeeded':
    case 'refund.failed':
      return ofRefund(event)
    case 'order.created':
    case 'order.paid':
    case 'order.cancelled':
      return ofOrder(event)
    case 'settlement.completed':
      return ofSettlement(event)
    case 'notification.sent':
    case 'notification.failed':
      return ofNotification(event)
    default:
      return 'withdrawalId' in event.data ? ofWithdrawal(event as Withdrawal) : undefined
  }
}

type Told<T extends ReadEvent['type']> = Extract<ReadEvent, { type: T }>

function ofDeposit(
  event: Told<'deposit.confirmed' | 'deposit.suspended' | 'deposit.reversed'>,
): Said {
  const { type, time, data } = event
  const isReversed = type === 'deposit.reversed'
  const { asset, chain, amount, revision } = data
  const at = isReversed ? time : data.blockTime
  return {
    noun: `deposit:${data.depositId}`,
    version: 2 * revision + (isReversed ? 1 : 0),
    lines: [line(type, at, { asset, chain, channel: 'onchain', amount })],
  }
}

/** Of what is booked only credits of deposits are counted: for how long they took. */
function ofCredit({ data }: Told<'transaction.created'>): Said | undefined {
  const [entry] = data.entries
  if (data.code !== 'deposit.credit' || entry === undefined) return undefined
  const tookMs = BigInt(Math.max(0, Date.parse(data.recordedAt) - Date.parse(data.eventAt)))
  const { asset } = entry
  const places = { asset, chain: chainOf(asset), channel: 'onchain' }
  return {
    noun: `credit:${data.reference}`,
    version: 1,
    lines: [line('deposit.credited', data.recordedAt, { ...places, tookMs })],
  }
}

function ofPayment(
  event: Told<'payment.created' | 'payment.succeeded' | 'payment.failed' | 'payment.expired'>,
): Said {
  const { type, data } = event
  const { paymentId, version, merchantId: merchant, channel, asset, amount } = data
  const places = { merchant, channel, asset, chain: chainOf(asset), amount }
  const lines = [line('payment.created', data.createdAt, places)]
  if (type === 'payment.succeeded') {
    lines.push(line(type, data.paidAt, { ...places, fee: data.fee }))
  } else if (type !== 'payment.created') {
    lines.push(line(type, type === 'payment.failed' ? data.failedAt : data.expiredAt, places))
  }
  return { noun: `payment:${paymentId}`, version, lines }
}

function ofRefund(event: Told<'refund.succeeded' | 'refund.failed'>): Said {
  const { type, data } = event
  const { merchantId: merchant, channel, asset, amount } = data
  const at = type === 'refund.succeeded' ? data.succeededAt : data.failedAt
  const places = { merchant, channel, asset, chain: chainOf(asset), amount }
  return { noun: `refund:${data.refundId}`, version: 1, lines: [line(type, at, places)] }
}

/** What went back of an order is counted as refunds, and the order as paid all the same. */
function ofOrder(event: Told<'order.created' | 'order.paid' | 'order.cancelled'>): Said {
  const { type, data } = event
  const { orderId, version, merchantId: merchant, asset, amount } = data
  const places = { merchant, asset, chain: chainOf(asset), amount }
  const lines = [line('order.created', data.createdAt, places)]
  if (type === 'order.paid') lines.push(line(type, data.paidAt, places))
  if (type === 'order.cancelled') lines.push(line(type, event.time, places))
  return { noun: `order:${orderId}`, version, lines }
}

function ofSettlement({ type, data }: Told<'settlement.completed'>): Said {
  const { merchantId: merchant, asset, amount } = data
  const places = { merchant, asset, chain: chainOf(asset), amount }
  return {
    noun: `settlement:${data.settlementId}`,
    version: 1,
    lines: [line(type, data.completedAt, places)],
  }
}

function ofNotification(event: Told<'notification.sent' | 'notification.failed'>): Said {
  const { type, data } = event
  const isSent = type === 'notification.sent'
  const at = isSent ? data.sentAt : data.failedAt
  return {
    noun: `notification:${data.notificationId}`,
    version: 2 * data.attempts + (isSent ? 1 : 0),
    lines: [line(type, at, { channel: data.by })],
  }
}

type Withdrawal = Told<
  | 'withdrawal.requested'
  | 'withdrawal.approved'
  | 'withdrawal.broadcast'
  | 'withdrawal.completed'
  | 'withdrawal.failed'
  | 'withdrawal.cancelled'
>

/** What pays a refund is counted as the refund. */
function ofWithdrawal(event: Withdrawal): Said | undefined {
  const { type, data } = event
  const { withdrawalId, version, chain, asset, amount, fee } = data
  if (data.refundId !== undefined) return undefined
  const places = { chain, asset, amount, channel: 'onchain' }
  const lines = [line('withdrawal.requested', data.requestedAt, places)]
  if (type === 'withdrawal.completed') {
    lines.push(line(type, data.completedAt, { ...places, fee }))
  }
  if (type === 'withdrawal.failed') lines.push(line(type, data.failedAt, places))
  if (type === 'withdrawal.cancelled') lines.push(line(type, data.cancelledAt, places))
  return { noun: `withdrawal:${withdrawalId}`, version, lines }
}

type Places = Partial<Omit<Line, 'measure' | 'hour'>>

const line = (measure: Measure, at: string, places: Places): Line => ({
  measure,
  hour: hourOf(at),
  asset: '',
  chain: '',
  channel: '',
  merchant: '',
  amount: 0n,
  fee: 0n,
  tookMs: 0n,
  ...places,
})

const HOUR_MS = 3_600_000

const hourOf = (at: string): string =>
  new Date(Math.floor(Date.parse(at) / HOUR_MS) * HOUR_MS).toISOString()

const chainOf = (asset: AssetId): string => (isCurrency(asset) ? '' : (asset.split('/')[0] ?? ''))
